"""What the mount tests share: servers, mounts, expected bytes, child processes."""
