"""Runs real programs as child processes, never longer than they may take."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

BINARIES = Path(os.environ["DATASETFS_BIN"])
DATASETFS = str(BINARIES / "datasetfs")
SERVER = str(BINARIES / "datasetfs-server")


def run(*command: str | Path, status: int | None = 0, timeout: float = 60, **options) -> subprocess.CompletedProcess:
    """Runs a program; its exit status must be `status`, unless that is None."""
    options.setdefault("text", True)
    done = subprocess.run([str(word) for word in command], capture_output=True, timeout=timeout, **options)
    if status is not None:
        assert done.returncode == status, f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done


def shell(line: str, status: int | None = 0, **options) -> str:
    """What a shell line prints, pipes and all."""
    return run("bash", "-c", "set -o pipefail; " + line, status=status, **options).stdout


def is_alive(process: int) -> bool:
    """The process runs; one that only waits to be reaped does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0]
    except FileNotFoundError:
        return False
    return state != "Z"


def eventually(condition: Callable[[], bool], within: float = 15) -> bool:
    """Whether the condition comes true in time."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
