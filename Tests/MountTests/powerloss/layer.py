"""The mounted disk, as tests use it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from harness.mounting import is_mounted
from harness.process import eventually, run

PROGRAM = Path(__file__).parent / "mounted.py"


class PowerLossDisk:
    """A directory on a disk whose power can be cut; what was synced is there again after `start`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "disk"
        self.image = folder / "image"
        self.path.mkdir(parents=True)
        self.syncs = 0
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(self.path), str(self.image)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout.readline() == "ready\n", "the disk does not start"
        assert eventually(lambda: is_mounted(self.path))

    def refuse(self, code: int) -> None:
        """Every change fails with that errno from now on; with 0, no more."""
        self.process.stdin.write(f"refuse {code}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "so be it\n"

    def cut(self, seed: int | None = None) -> None:
        """All that was not synced is gone; with a seed, a random choice of it."""
        answer, _ = self.process.communicate("cut\n" if seed is None else f"cut {seed}\n", timeout=60)
        assert answer.startswith("cut after "), "the disk has died"
        self.syncs = int(answer.split()[2])
        self.free()

    def restart(self, seed: int | None = None) -> None:
        self.cut(seed)
        self.start()

    def free(self) -> None:
        run("umount", "--lazy", self.path, status=None)
        assert not is_mounted(self.path)

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()
        run("umount", "--lazy", self.path, status=None)
