"""Bytes: right, and no more of them over the wire than needed."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from harness.content import pattern
from harness.platform import Platform
from harness.process import run, shell

MIB = 1 << 20
GB = 1_000_000_000


@pytest.fixture(scope="module")
def dataset(platform: Platform) -> str:
    return platform.dataset("large")


def test_tail_of_ten_gigabytes(mount, platform: Platform, dataset: str) -> None:
    """4 KiB from the end of a 10 GB entry transfers at most 2 MiB."""
    platform.object("ten.bin", 10 * GB, dataset)
    path = mount(platform) / "large/ten.bin"
    assert path.stat().st_size == 10 * GB
    platform.count()

    tail = run("tail", "-c", "4096", path, text=False).stdout

    assert tail == pattern("counter", 10 * GB - 4096, 4096)
    assert platform.bytes_sent <= 2 * MIB


def test_random_reads(mount, platform: Platform, dataset: str) -> None:
    """A miss costs one block, never the file and never a second fetch of the same block."""
    size = 2 * GB
    platform.object("random.bin", size, dataset, "random:3")
    mounted = mount(platform)
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    places = [random.Random(seed).randrange(size - 4096) for _ in range(100)]
    with (mounted / "large/random.bin").open("rb", buffering=0) as file:
        platform.count()
        for place in places:
            assert os.pread(file.fileno(), 4096, place) == pattern("random:3", place, 4096)
        sent = platform.bytes_sent
        # The same bytes again: from the cache, whatever the kernel dropped.
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        for place in places:
            assert os.pread(file.fileno(), 4096, place) == pattern("random:3", place, 4096)
        assert platform.bytes_sent == sent
    # A read may straddle two blocks.
    assert sent / len(places) <= 2 * MIB


def test_whole_file(mount, platform: Platform, dataset: str) -> None:
    """Sequential reading is detected and prefetched with parallel ranges; each byte comes once."""
    size = 100_000_003
    platform.object("whole.bin", size, dataset, "random:9")
    mounted = mount(platform)
    path = mounted / "large/whole.bin"
    path.stat()
    platform.count()

    assert shell(f"md5sum < '{path}'").split()[0] == hashlib.md5(pattern("random:9", 0, size)).hexdigest()

    assert size <= platform.bytes_sent <= size * 1.02
    shell(f"md5sum < '{path}'")
    assert platform.bytes_sent <= size * 1.02
    assert mounted.resident < 200 * MIB


def test_many_readers_one_fetch(mount, platform: Platform, dataset: str) -> None:
    """Many programs that read one file at once cost its bytes once."""
    size = 20_000_000
    platform.object("shared.bin", size, dataset, "random:5")
    path = mount(platform) / "large/shared.bin"
    path.stat()
    platform.count()

    sums = shell(f"for i in 1 2 3 4 5 6 7 8; do md5sum < '{path}' & done; wait").splitlines()

    assert {line.split()[0] for line in sums} == {hashlib.md5(pattern("random:5", 0, size)).hexdigest()}
    assert platform.bytes_sent <= size * 1.05


def test_cached_after_remount(mount, platform: Platform, dataset: str) -> None:
    """What was read before still reads, without the store."""
    platform.object("kept.bin", 3_000_000, dataset, "random:2")
    first = mount(platform)
    content = (first / "large/kept.bin").read_bytes()
    first.unmount()
    second = mount(platform, "--attr-ttl", "3600")
    platform.count()
    assert (second / "large/kept.bin").read_bytes() == content
    assert platform.bytes_sent < 100_000
    assert os.getxattr(second / "large/kept.bin", "user.datasetfs.state") == b"cached"


def test_damaged_cache(mount, platform: Platform, dataset: str, home) -> None:
    """Bytes from the cache are verified before they are served; a bad block is a miss, fetched again."""
    platform.object("fragile.bin", 3_000_000, dataset, "random:4")
    first = mount(platform)
    content = (first / "large/fragile.bin").read_bytes()
    first.unmount()
    damaged = 0
    for path in Path(home.environment["XDG_CACHE_HOME"]).rglob("*"):
        if path.is_file() and path.stat().st_size >= 1_000_000 and "sqlite" not in path.name:
            with path.open("r+b") as file:
                file.seek(500_000)
                file.write(b"\xff" * 5000)
            damaged += 1
    assert damaged
    assert (mount(platform) / "large/fragile.bin").read_bytes() == content == pattern("random:4", 0, 3_000_000)


def test_lost_cache(mount, platform: Platform, dataset: str, home) -> None:
    """The cache may be deleted while nothing is mounted."""
    platform.object("again.bin", 100_000, dataset, "random:6")
    first = mount(platform)
    content = (first / "large/again.bin").read_bytes()
    first.unmount()
    shutil.rmtree(home.environment["XDG_CACHE_HOME"])
    assert (mount(platform) / "large/again.bin").read_bytes() == content


def test_small_cache(mount, platform: Platform, dataset: str, home) -> None:
    """`--cache-size`: a cache smaller than the file is no hindrance, and stays small."""
    size = 60_000_000
    platform.object("big.bin", size, dataset, "random:8")
    mounted = mount(platform, "--cache-size", "16M")
    digest = shell(f"md5sum < '{mounted.path}/large/big.bin'").split()[0]
    assert digest == hashlib.md5(pattern("random:8", 0, size)).hexdigest()
    used = int(shell(f"du -s --block-size=1 '{home.environment['XDG_CACHE_HOME']}'").split()[0])
    assert used <= 40 * MIB


def test_interrupted_read(mount, platform: Platform, dataset: str) -> None:
    """Ctrl-C of a blocked read ends it at once."""
    platform.object("slow.bin", 10_000_000, dataset)
    path = mount(platform) / "large/slow.bin"
    path.stat()
    platform.fault(path="/storage/objects", first_byte_ms=60_000)
    # Whoever runs this may ignore SIGINT, and children inherit that.
    reader = subprocess.Popen(
        ["env", "--default-signal=INT", "cat", str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(0.7)
        assert reader.poll() is None
        reader.send_signal(2)
        began = time.monotonic()
        reader.wait(timeout=10)
        assert time.monotonic() - began < 2
    finally:
        reader.kill()
        reader.communicate()


def test_ls_while_reads_wait(mount, platform: Platform, dataset: str) -> None:
    """`ls` of what is already known and reads of what is cached never wait for the network."""
    for number in range(20):
        platform.object(f"wait{number}.bin", 1_000_000, dataset)
    platform.object("ready.bin", 5000, dataset)
    mounted = mount(platform, "--attr-ttl", "3600")
    assert len((mounted / "large/ready.bin").read_bytes()) == 5000
    shell(f"ls -l '{mounted.path}/large'")
    platform.fault(path="/storage/objects", first_byte_ms=60_000)
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    readers = [subprocess.Popen(["cat", mounted / f"large/wait{number}.bin"], **silent) for number in range(20)]
    try:
        time.sleep(0.5)
        assert all(reader.poll() is None for reader in readers)
        began = time.monotonic()
        assert "ready.bin" in run("ls", "-l", mounted / "large", timeout=5).stdout
        assert len(run("cat", mounted / "large/ready.bin", text=False, timeout=5).stdout) == 5000
        assert time.monotonic() - began < 2
    finally:
        for reader in readers:
            reader.kill()
            reader.wait()


def test_open_files_hold_no_unmount_up(mount, platform: Platform, dataset: str) -> None:
    """Unmounting takes less than a second."""
    platform.object("some.bin", 1_000_000, dataset)
    mounted = mount(platform)
    (mounted / "large/some.bin").read_bytes()
    began = time.monotonic()
    mounted.unmount()
    assert time.monotonic() - began < 1


def test_mount_answers_quickly(mount, platform: Platform, dataset: str) -> None:
    """`datasetfs mount` answers `ls` of the root in under 300 ms against the local server."""
    began = time.monotonic()
    mounted = mount(platform)
    os.listdir(mounted.path)
    # A debug build on a loaded machine is given three times as long.
    assert time.monotonic() - began < 0.9
