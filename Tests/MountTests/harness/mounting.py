"""Real mounts, each made by the real program and gone when its test is over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

from .platform import KEY
from .process import DATASETFS, eventually, is_alive, run


class Home:
    """A person's configuration, cache and state, apart from everybody else's."""

    def __init__(self, folder: Path, key: str | None = KEY) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_STATE_HOME": str(folder / "state"),
            "LC_ALL": "C.UTF-8",
        }
        if key is not None:
            self.environment["EDISON_PLATFORM_API_KEY"] = key

    def datasetfs(self, *words: str | Path, status: int | None = 0, **options) -> subprocess.CompletedProcess:
        options.setdefault("env", self.environment)
        return run(DATASETFS, *words, status=status, **options)


class Mount:
    """One mounted store."""

    def __init__(self, home: Home, store: str, path: Path) -> None:
        self.home = home
        self.store = store
        self.path = path
        self.process = 0
        self.warning = ""

    def make(self, *options: str) -> None:
        self.warning = self.home.datasetfs("mount", self.store, self.path, *options).stderr
        self.process = self.status["processID"]

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    @property
    def status(self) -> dict:
        return json.loads((self.path / ".datasetfs/status").read_text())

    @property
    def pending(self) -> int:
        """How many changes the store does not have yet."""
        queue = self.status.get("queue") or self.status["writing"]
        return sum(queue[name] for name in ("waiting", "uploading", "failed"))

    @property
    def received(self) -> int:
        return self.status["transfers"]["bytesReceived"]

    @property
    def errors(self) -> list[dict]:
        return [json.loads(line) for line in (self.path / ".datasetfs/errors").read_text().splitlines()]

    @property
    def resident(self) -> int:
        """Bytes of memory the mount's process has at most had."""
        text = Path(f"/proc/{self.process}/status").read_text()
        return int(text.partition("VmHWM:")[2].split()[0]) * 1024

    def why(self, path: str | Path, status: int = 0) -> str:
        return self.home.datasetfs("why", path, status=status).stdout

    def sync(self, timeout: float = 60, path: Path | None = None) -> None:
        """Waits until everything that was written, or what lies below a path, is at the store."""
        words = ("sync", path or self.path, "--timeout", str(timeout))
        self.home.datasetfs(*words, timeout=timeout + 10)

    def unmount(self) -> None:
        self.home.datasetfs("unmount", self.path)
        assert not is_mounted(self.path)
        assert not is_alive(self.process), "the process outlives its mount"

    def kill(self) -> None:
        os.kill(self.process, signal.SIGKILL)
        assert eventually(lambda: not is_alive(self.process))

    def clean_up(self) -> None:
        """Whatever happened: no mount and no process are left."""
        subprocess.run(["umount", "--lazy", str(self.path)], capture_output=True, timeout=30)
        if self.process and is_alive(self.process):
            if not eventually(lambda: not is_alive(self.process), within=10):
                os.kill(self.process, signal.SIGKILL)


def is_mounted(path: Path) -> bool:
    """As the kernel's table says, which asks no file system anything."""
    mark = str(path).replace("\\", "\\134").replace(" ", "\\040")
    return any(line.split()[4] == mark for line in Path("/proc/self/mountinfo").read_text().splitlines())
