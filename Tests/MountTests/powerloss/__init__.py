"""A file system that forgets what was not synced, for tests of power loss."""
