"""The end of a mount: whatever is under way ends with it, at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.platform import Platform
from harness.process import eventually, is_alive, run

SIZE = 200_000_000
# So much longer than any of these ends may take that waiting for it cannot be overlooked.
STALL = 60_000
PROMPT = 1.5
READER = "import sys\nfile = open(sys.argv[1], 'rb', buffering=0)\nwhile file.read(1 << 20): pass\n"


@pytest.fixture
def mounted(mount, platform: Platform, request: pytest.FixtureRequest):
    """A mount with one big file, its size known."""
    name = request.node.name.replace("[", "-").replace("]", "")
    platform.object("big.bin", SIZE, platform.dataset(name), "random:7")
    made = mount(platform)
    made.file = made / name / "big.bin"
    assert made.file.stat().st_size == SIZE
    return made


def reader(path: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", READER, path], stderr=subprocess.DEVNULL)


def under_way(platform: Platform) -> bool:
    return any("/storage/objects" in route for route in platform.requests)


def seconds_until_gone(mounted) -> float:
    began = time.monotonic()
    assert eventually(lambda: not is_alive(mounted.process), within=20), "the process outlives its mount"
    return time.monotonic() - began


@pytest.mark.parametrize("fault", [{"first_byte_ms": STALL}, {"bytes_per_second": 1_000_000}], ids=lambda f: next(iter(f)))
def test_unmount_while_a_killed_readers_transfers_go_on(mounted, platform: Platform, fault: dict) -> None:
    """Unmounting gives up what nobody waits for any more."""
    platform.fault(path="/storage/objects", **fault)
    platform.count()
    reading = reader(mounted.file)
    try:
        assert eventually(lambda: under_way(platform))
        time.sleep(0.5)
    finally:
        reading.kill()
        reading.wait()
    assert eventually(lambda: run("umount", mounted.path, status=None).returncode == 0), "it stays in use"
    assert seconds_until_gone(mounted) < PROMPT


def test_termination_while_reading(mounted, platform: Platform) -> None:
    """SIGTERM ends a mount that is in use: its readers get an error, and the process ends."""
    platform.fault(path="/storage/objects", first_byte_ms=STALL)
    platform.count()
    reading = reader(mounted.file)
    try:
        assert eventually(lambda: under_way(platform))
        os.kill(mounted.process, signal.SIGTERM)
        assert seconds_until_gone(mounted) < PROMPT
        assert reading.wait(timeout=10) != 0
    finally:
        reading.kill()
        reading.wait()


def test_unmount_while_a_listing_is_renewed(mount, platform: Platform) -> None:
    """A listing behind the readers' backs is given up, too."""
    dataset = platform.dataset("crowd")
    platform.bulk(dataset, 2_000)
    made = mount(platform, "--attr-ttl", "0.2")
    assert len(os.listdir(made / "crowd")) == 2_000
    time.sleep(0.3)
    platform.fault(delay_ms=STALL)
    assert len(os.listdir(made / "crowd")) == 2_000
    assert eventually(lambda: run("umount", made.path, status=None).returncode == 0)
    assert seconds_until_gone(made) < PROMPT
