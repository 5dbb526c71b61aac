"""Power loss: the state directory lies on a disk that forgets what was not synced."""

from __future__ import annotations

import errno
import os
import random
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crashing.lane import Lane
from harness.platform import Platform
from harness.process import run
from powerloss.disk import ROOT, Disk
from powerloss.layer import PowerLossDisk
from test_crashes import PlatformLane, strays

FILE = 0o100644


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[PowerLossDisk]:
    made = PowerLossDisk(tmp_path / "power")
    yield made
    made.stop()


class OnDisk:
    """Makes a lane keep its state on a disk whose power is cut instead of a process killed."""

    disk: PowerLossDisk
    partly: bool = False

    def cut(self) -> None:
        """The machine stops: the mount is gone, and what the disk was not asked to keep."""
        Lane.kill(self)
        self.disk.restart(self.random.getrandbits(32) if self.partly else None)


class PlatformOnDisk(OnDisk, PlatformLane): ...


def cut_and_check(lane, cuts: int, are_synced: bool) -> None:
    lane.home.environment["XDG_STATE_HOME"] = str(lane.disk.path / "state")
    try:
        lane.begin()
        if are_synced:
            for path in (lane.disk.path, lane.disk.path / "state", lane.disk.path / "state/datasetfs"):
                synced(path)
        for number in range(cuts):
            if number:
                lane.narrow(lane.mount())
            lane.partly = number % 2 == 1
            lane.disturb((0.05, 0.5), kill=lane.cut)
            if number % 4 == 3:
                lane.check()
                if number != cuts - 1:
                    lane.mount()
                    lane.cut()
        lane.check()
    finally:
        lane.clean_up()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("durability", ["back", "through"])
def test_cuts(
    disk: PowerLossDisk, platform: Platform, tmp_path: Path, durability: str, writable, seed: int, request
) -> None:
    """What `close` or `fsync` answered 0 for is at the store, or (write-back mode) in a journal that survives `kill -9` and
    power loss, and is uploaded by the next mount."""
    print(f"seed {seed}")
    log = ("--log-file", str(tmp_path / "mount.log"))
    lane = PlatformOnDisk(platform, tmp_path / f"power-{durability}", durability, seed, largest=1_000_000, writers=2, options=log)
    lane.disk = disk
    cut_and_check(lane, max(8, request.config.getoption("--kills") // 20), are_synced=True)
    assert strays(platform) == []
    assert lane.tally.acknowledged > 20 and (durability == "through" or lane.tally.waiting > 0)
    print(lane.tally, f"{disk.syncs} syncs")


def test_first_cut(disk: PowerLossDisk, platform: Platform, tmp_path: Path, writable, seed: int) -> None:
    """Power loss soon after the first mount ever: the directories above the journal are there again as well."""
    lane = PlatformOnDisk(platform, tmp_path / "first", "back", seed, largest=10_000, writers=2)
    lane.disk = disk
    cut_and_check(lane, 1, are_synced=False)


def synced(path: Path) -> None:
    directory = os.open(path, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)


# The disk itself


def test_what_a_cut_leaves() -> None:
    """What was synced, and nothing else."""
    disk = Disk()
    kept = disk.make(ROOT, b"kept", FILE)
    disk.write(kept, 0, b"first")
    disk.sync(kept)
    disk.sync_names(disk.nodes[ROOT])
    disk.write(kept, 5, b" second")
    lost = disk.make(ROOT, b"lost", FILE)
    disk.write(lost, 0, b"synced, but under no name")
    disk.sync(lost)
    disk.rename((ROOT, b"kept"), (ROOT, b"renamed"))
    disk.cut()
    assert disk.nodes[ROOT].names == {b"kept": kept.number}
    assert bytes(kept.data) == b"first" and lost.number not in disk.nodes


def test_some_of_it_may_be_left() -> None:
    """With a seed, each write that was not synced may have come through, and of each directory's changes the first ones."""
    seen = set()
    for seed in range(40):
        disk = Disk()
        node = disk.make(ROOT, b"a", FILE)
        disk.sync_names(disk.nodes[ROOT])
        disk.write(node, 0, b"1")
        disk.write(node, 1, b"2")
        disk.rename((ROOT, b"a"), (ROOT, b"b"))
        disk.cut(random.Random(seed))
        seen.add((*disk.nodes[ROOT].names, bytes(node.data)))
    assert seen == {(name, data) for name in (b"a", b"b") for data in (b"", b"1", b"\0" + b"2", b"12")}


def test_refusals(disk: PowerLossDisk) -> None:
    """The disk turns read-only, or fails, and comes back."""
    with (disk.path / "a").open("wb", buffering=0) as file:
        file.write(b"1")
        for code in (errno.EROFS, errno.EIO, errno.ENOSPC):
            disk.refuse(code)
            for change in (lambda: file.write(b"x"), lambda: os.fsync(file), lambda: (disk.path / "b").mkdir()):
                with pytest.raises(OSError) as failure:
                    change()
                assert failure.value.errno == code
            assert (disk.path / "a").read_bytes() == b"1"
            disk.refuse(0)
        file.write(b"2")
    assert (disk.path / "a").read_bytes() == b"12"


def test_programs_on_the_disk(disk: PowerLossDisk) -> None:
    """An ordinary file system to those who sync; SQLite keeps what it committed, in both of its ways."""
    top = disk.path
    (top / "dir").mkdir()
    (top / "dir/a").write_text("not synced")
    program = (
        "import os, sys\n"
        "file = os.open(sys.argv[1] + '/b', os.O_WRONLY | os.O_CREAT)\n"
        "os.write(file, b'synced'); os.fsync(file)\n"
        "directory = os.open(sys.argv[1], os.O_RDONLY); os.fsync(directory)\n"
    )
    run(sys.executable, "-c", program, top)
    for mode in ("wal", "delete"):
        with sqlite3.connect(top / f"{mode}.db", isolation_level=None) as data:
            data.execute(f"PRAGMA journal_mode={mode}")
            data.execute("PRAGMA synchronous=FULL")
            data.execute("CREATE TABLE t(a)")
            for number in range(50):
                data.execute("INSERT INTO t VALUES (?)", (number,))
        # SQLite leaves the name of a new database to others.
        synced(top)
        with sqlite3.connect(top / f"{mode}.db", isolation_level=None) as data:
            data.execute("INSERT INTO t VALUES (50)")
            disk.restart(seed=None if mode == "wal" else 7)
        with sqlite3.connect(top / f"{mode}.db") as data:
            assert data.execute("SELECT count(*) FROM t").fetchone() == (51,)
            assert data.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert (top / "b").read_text() == "synced" and (top / "dir").is_dir()
    assert not (top / "dir/a").exists()
    assert disk.syncs > 50
