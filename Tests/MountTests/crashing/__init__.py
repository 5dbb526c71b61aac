"""Writing under load while mounts die: what is written, what was acknowledged, what must be found afterwards."""
