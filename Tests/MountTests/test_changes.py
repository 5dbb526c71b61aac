"""What changes at the store becomes visible, and never in the middle of a file."""

from __future__ import annotations

import errno
import os
import time
import uuid
from pathlib import Path

import pytest

from harness.content import pattern
from harness.platform import Platform
from harness.process import eventually, run


@pytest.fixture
def dataset(platform: Platform, request: pytest.FixtureRequest) -> str:
    """A dataset of the test's own, named after it."""
    return platform.dataset(request.node.name)


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> str:
    return request.node.name


def names(path: Path) -> list[str]:
    return sorted(os.listdir(path))


def test_new_entry(mount, platform: Platform, dataset: str, folder: str) -> None:
    """`open` and `ls` revalidate what is older than `--attr-ttl`: a new entry appears."""
    platform.entry(name="a", content="a", dataset_id=dataset)
    mounted = mount(platform, "--attr-ttl", "1")
    assert names(mounted / folder) == ["a"]
    assert not os.path.exists(mounted / folder / "b")
    platform.entry(name="b", content="b", dataset_id=dataset)
    assert eventually(lambda: names(mounted / folder) == ["a", "b"], within=6)
    assert (mounted / folder / "b").read_text() == "b"


def test_always_asked(mount, platform: Platform, dataset: str, folder: str) -> None:
    """`--attr-ttl 0`: always."""
    entry = platform.entry(name="a", content="one", dataset_id=dataset)
    mounted = mount(platform, "--attr-ttl", "0")
    path = mounted / folder / "a"
    assert path.read_text() == "one"
    platform.revise(entry, str(uuid.uuid4()), content="two and more")
    assert path.read_text() == "two and more"
    assert path.stat().st_size == 12
    platform.entry(name="b", content="b", dataset_id=dataset)
    assert names(mounted / folder) == ["a", "b"]
    platform.delete(entry)
    assert names(mounted / folder) == ["b"]
    with pytest.raises(FileNotFoundError):
        path.read_text()


def test_deleted_entry(mount, platform: Platform, dataset: str, folder: str) -> None:
    """A deleted entry vanishes, from the kernel's memory too."""
    entry = platform.entry(name="a", content="a", dataset_id=dataset)
    platform.entry(name="b", content="b", dataset_id=dataset)
    mounted = mount(platform, "--attr-ttl", "1")
    assert (mounted / folder / "a").read_text() == "a"
    platform.delete(entry)
    assert eventually(lambda: names(mounted / folder) == ["b"], within=6)
    assert not os.path.exists(mounted / folder / "a")


def test_new_content(mount, platform: Platform, dataset: str, folder: str) -> None:
    """A new revision is seen by the next reader: size, content, and what the kernel had cached."""
    entry = platform.entry(name="a", content="x" * 5000, dataset_id=dataset)
    mounted = mount(platform, "--attr-ttl", "1")
    path = mounted / folder / "a"
    assert path.read_text() == "x" * 5000
    platform.revise(entry, str(uuid.uuid4()), content="y" * 5000)
    assert eventually(lambda: run("cat", path, status=None).stdout == "y" * 5000, within=6)
    platform.revise(entry, str(uuid.uuid4()), content="z" * 70_000)
    assert eventually(lambda: run("cat", path, status=None).stdout == "z" * 70_000, within=6)
    assert path.stat().st_size == 70_000


def test_old_or_new(mount, platform: Platform, dataset: str, folder: str) -> None:
    """Old or new, never a mix: a reader sees one version of a file from open to close; if the store has thrown that
    version away mid-read: ESTALE."""
    size = 30_000_000
    entry = platform.object("a", size, dataset, "random:1")
    other = platform.object("source", size, dataset, "random:2")
    mounted = mount(platform, "--attr-ttl", "0")
    path = mounted / folder / "a"
    with path.open("rb", buffering=0) as reader:
        assert os.pread(reader.fileno(), 4096, 0) == pattern("random:1", 0, 4096)
        platform.revise(entry, str(uuid.uuid4()), source_entry_id=other)
        assert eventually(lambda: path.open("rb", buffering=0).read(4096) == pattern("random:2", 0, 4096), within=6)
        for place in range(0, size - 4096, 3_000_017):
            try:
                assert os.pread(reader.fileno(), 4096, place) == pattern("random:1", place, 4096)
            except OSError as error:
                assert error.errno == errno.ESTALE
    assert path.read_bytes() == pattern("random:2", 0, size)


def test_unknown_is_not_absent(mount, platform: Platform, dataset: str, folder: str) -> None:
    """Only the store's own "not found" makes a name vanish: a 5xx never removes, empties or truncates anything."""
    platform.entry(name="a", content="content", dataset_id=dataset)
    mounted = mount(platform, "--attr-ttl", "0", "--deadline", "3")
    assert (mounted / folder / "a").read_text() == "content"
    for fault in ({"status": 503}, {"garbage": True}, {"reset_at": -1}):
        platform.fault(path="/v0.1/", **fault)
        for _ in range(2):
            listing = run("ls", mounted / folder, status=None, timeout=30)
            assert listing.returncode != 0 or listing.stdout == "a\n", (fault, listing)
            content = run("cat", mounted / folder / "a", status=None, timeout=30)
            assert content.returncode != 0 or content.stdout == "content", (fault, content)
        platform.heal()
        assert eventually(lambda: run("ls", mounted / folder, status=None).stdout == "a\n")
        assert eventually(lambda: run("cat", mounted / folder / "a", status=None).stdout == "content"), fault


def test_refresh_on_request(mount, platform: Platform, dataset: str, folder: str) -> None:
    """`user.datasetfs.refresh`: write `1`: refetch what is known."""
    platform.entry(name="a", content="a", dataset_id=dataset)
    mounted = mount(platform, "--attr-ttl", "3600")
    assert names(mounted / folder) == ["a"]
    platform.entry(name="b", content="b", dataset_id=dataset)
    assert names(mounted / folder) == ["a"]
    os.setxattr(mounted / folder, "user.datasetfs.refresh", b"1")
    assert names(mounted / folder) == ["a", "b"]


def test_offline_and_back(mount, tmp_path_factory) -> None:
    """Offline: what is cached reads as always; what is not answers ENETUNREACH at once; and it comes back by itself."""
    own = Platform(tmp_path_factory.mktemp("offline"))
    try:
        dataset = own.dataset("away")
        own.object("cached.bin", 100_000, dataset)
        own.object("other.bin", 100_000, dataset)
        mounted = mount(own, "--deadline", "5", "--attr-ttl", "1")
        run("ls", "-l", mounted / "away")
        content = (mounted / "away/cached.bin").read_bytes()
        own.stop()
        run("cat", mounted / "away/other.bin", status=1, timeout=15)
        assert run("cat", mounted / "away/cached.bin", text=False, timeout=15).stdout == content
        began = time.monotonic()
        failed = run("cat", mounted / "away/other.bin", status=1, timeout=15)
        assert time.monotonic() - began < 2
        assert "unreachable" in failed.stderr or "No route" in failed.stderr
        assert mounted.status["health"] == "offline"
        own.start()
        other = mounted / "away/other.bin"
        assert eventually(lambda: run("cat", other, status=None, text=False).returncode == 0, within=40)
        assert mounted.status["health"] == "online"
    finally:
        own.stop()
