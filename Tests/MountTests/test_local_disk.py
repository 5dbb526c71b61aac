"""The machine's own disk and clock misbehave: full, read-only, failing; the clock jumps."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.mounting import Home, Mount, is_mounted
from harness.platform import ProxiedPlatform
from harness.process import DATASETFS, eventually, run
from harness.reader import Reader
from harness.trees import regular_files
from powerloss.layer import PowerLossDisk
from test_write_faults import Place, save, written

MIB = 1 << 20
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Makes small file systems in memory."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a tmpfs")
    made: list[Path] = []

    def make(size: int) -> Path:
        path = tmp_path / f"disk{len(made)}"
        path.mkdir()
        run("mount", "-t", "tmpfs", "-o", f"size={size}", "none", path)
        made.append(path)
        return path

    yield make
    for path in made:
        run("umount", "--lazy", path)


@pytest.fixture
def local(
    home: Home, mount, proxied: ProxiedPlatform, reader: Reader, request: pytest.FixtureRequest, writable
) -> Callable[..., Place]:
    """Mounts, with whatever was done to the home before, and makes a dataset named after the test."""

    def make(durability: str = "back", *options: str) -> Place:
        mounted: Mount = mount(proxied, "--durability", durability, *options)
        return Place(mounted, proxied, reader, request.node.name.replace("[", "-").replace("]", ""))

    return make


@pytest.mark.timeout(300)
def test_state_disk_is_full(home: Home, small_disk, local) -> None:
    """Local disk full, or the reserve would be touched: ENOSPC (at `write`, not later). Nothing acknowledged is lost, reads go on,
    and when there is space again, writing does."""
    home.environment["XDG_STATE_HOME"] = str(small_disk(160 * MIB))
    place = local()
    assert save(place / "published.bin", MIB) == 0
    place.mount.sync()
    place.proxy.outage()
    acknowledged = {"published.bin": written(MIB)}
    codes = []
    for number in range(40):
        word = f"{number} of many; "
        code = save(place / f"{number}.bin", 8 * MIB, word)
        if code:
            codes.append(code)
            if len(codes) == 3:
                break
        else:
            acknowledged[f"{number}.bin"] = written(8 * MIB, word)
    assert set(codes) == {errno.ENOSPC}
    assert 3 < len(acknowledged) < 25
    program = (
        "import os, sys\n"
        "file = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)\n"
        "try:\n"
        "    for n in range(64): os.write(file, bytes(1 << 20))\n"
        "except OSError as error: print('write', error.errno)\n"
    )
    assert run(sys.executable, "-c", program, place / "more.bin").stdout == f"write {errno.ENOSPC}\n"
    for name, content in acknowledged.items():
        if name != "published.bin":
            assert (place / name).read_bytes() == content, "reads go on"
    place.platform.heal()
    assert eventually(lambda: place.mount.pending == 0, within=60)
    assert save(place / "again.bin", 20 * MIB) == 0
    files = place.files()
    # What was refused in the middle was never acknowledged: it may be there in part, as on any disk, or not at all.
    for name in [name for name in files if name not in acknowledged and name != "again.bin"]:
        content = files.pop(name)
        assert name == "more.bin" or written(8 * MIB, f"{name.partition('.')[0]} of many; ").startswith(content), name
    assert files == acknowledged | {"again.bin": written(20 * MIB)}


def test_cache_disk_is_full(home: Home, small_disk, local) -> None:
    """A full cache disk is no hindrance: reading and writing go on."""
    cache = small_disk(12 * MIB)
    home.environment["XDG_CACHE_HOME"] = str(cache)
    place = local("through", "--cache-free-space", "0")
    assert save(place / "a.bin", 30 * MIB) == 0
    place.mount.sync()
    with (cache / "filling").open("wb") as filling:
        try:
            while True:
                filling.write(bytes(MIB))
        except OSError as error:
            assert error.errno == errno.ENOSPC
    assert (place / "a.bin").read_bytes() == written(30 * MIB)
    assert save(place / "b.txt", 1000) == 0
    assert save(place / "c.bin", 3 * MIB) == 0
    assert (place / "b.txt").read_bytes() == written(1000)
    assert place.files() == {"a.bin": written(30 * MIB), "b.txt": written(1000), "c.bin": written(3 * MIB)}


REFUSALS = [(errno.EROFS, {errno.EROFS}), (errno.EIO, {errno.EIO}), (errno.ENOSPC, {errno.ENOSPC})]


@pytest.mark.parametrize(("refusal", "expected"), REFUSALS, ids=["read-only", "failing", "full"])
@pytest.mark.parametrize("which", ["STATE", "CACHE"])
def test_disk_refuses(
    home: Home, local, tmp_path: Path, which: str, refusal: int, expected: set[int]
) -> None:
    """The cache or state disk turns read-only: reads go on, a program that writes is told at once, nothing acknowledged is lost;
    a disk that comes back is used again."""
    disk = PowerLossDisk(tmp_path / "power")
    try:
        home.environment[f"XDG_{which}_HOME"] = str(disk.path / "home")
        place = local("back" if which == "STATE" else "through")
        assert save(place / "before.txt") == 0
        assert save(place / "before.bin", 2 * MIB) == 0
        disk.refuse(refusal)
        assert (place / "before.bin").read_bytes() == written(2 * MIB)
        assert sorted(os.listdir(place.path)) == ["before.bin", "before.txt"]
        code = save(place / "during.txt")
        if which == "STATE":
            assert code in expected, os.strerror(code)
        else:
            assert code == 0, os.strerror(code)
        disk.refuse(0)
        assert save(place / "after.txt") == 0
        files = place.files()
        if which == "STATE":
            files.pop("during.txt", None)
        else:
            assert files.pop("during.txt") == written()
        assert files == {"before.txt": written(), "before.bin": written(2 * MIB), "after.txt": written()}
        place.mount.unmount()
    finally:
        run("umount", "--lazy", tmp_path / "mnt", status=None)
        disk.stop()


@pytest.mark.parametrize("days", [0, -10, 10, -20_000], ids=["still", "back", "forth", "to the seventies"])
def test_clock_jumps(home: Home, place: Path, request: pytest.FixtureRequest, tmp_path: Path, days: int, writable) -> None:
    """A clock that jumps holds nothing up: what waits for its time is published all the same."""
    if not FAKETIME.exists():
        pytest.skip("libfaketime is not installed")
    clock, store = tmp_path / "clock", tmp_path / "store"
    clock.write_text("+0")
    store.mkdir()
    environment = home.environment | {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        # A clock that jumps changes no time that a disk has already written down.
        "NO_FAKE_STAT": "1",
    }
    # Only the mount's own clock jumps, not that of the programs that use it.
    # The library finds its shared memory by the environment, which env(1) makes for it.
    words = ["env", DATASETFS, "mount", f"file:{store}", str(place), "--foreground", "--durability", "back", "--attr-ttl", "1"]
    process = subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL)
    try:
        assert eventually(lambda: is_mounted(place))
        mounted = Mount(home, f"file:{store}", place)
        assert save(place / "before.txt") == 0
        mounted.sync()
        # A name of the kind that programs use in passing waits a while before it is published.
        assert save(place / "tmpabcd1234", 100, "waits ") == 0
        clock.write_text(f"{days:+}d")
        assert save(place / "before.txt", 50, "changed ") == 0
        assert save(place / "after.txt") == 0
        mounted.sync(timeout=40)
        contents = {"tmpabcd1234": written(100, "waits "), "before.txt": written(50, "changed "), "after.txt": written()}
        assert regular_files(store) == contents
        assert regular_files(place) == contents
    finally:
        process.kill()
        process.wait()
