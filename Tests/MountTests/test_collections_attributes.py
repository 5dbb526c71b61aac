"""Extended attributes of collections and what is in them; totals without a walk."""

from __future__ import annotations

import errno
import os
import uuid

import pytest

from harness.platform import Platform
from harness.process import run, shell
from test_collections import code, collection, noise, packed


@pytest.fixture
def places(platform: Platform) -> tuple[str, str, str]:
    name = f"set-{uuid.uuid4().hex[:8]}"
    dataset = platform.dataset(name)
    content = packed({"a": b"1" * 1000, "d/b": noise(5000), "d/e/f": b""})
    return name, dataset, collection(platform, dataset, "c", content)


def value(path, name: str) -> str:
    return os.getxattr(path, name).decode()


def test_of_a_collection(mount, platform: Platform, places) -> None:
    """A collection answers as the entry that it is."""
    name, dataset, entry = places
    top = mount(platform) / name / "c"
    assert value(top, "user.datasetfs.id") == entry
    assert value(top, "user.datasetfs.dataset_id") == dataset
    assert value(top, "user.datasetfs.storage_type") == "gcs"
    assert value(top, "user.datasetfs.version")
    os.setxattr(top, "user.description", "all of it".encode())
    assert value(top, "user.description") == value(top, "user.xdg.comment") == "all of it"
    assert platform.storage("GET", f"data-entries/{entry}")["data_storage"]["description"] == "all of it"
    os.setxattr(top, "user.xdg.tags", b"x, y")
    assert platform.storage("GET", f"data-entries/{entry}")["data_storage"]["tags"] == ["x", "y"]
    assert sorted(os.listxattr(top)) == ["user.description", "user.tags"]
    assert sorted(os.listdir(top)) == ["a", "d"]


def test_of_members(mount, platform: Platform, places) -> None:
    """A member tells where it lies and how it is packed; it has no description of its own."""
    name, dataset, entry = places
    mounted = mount(platform)
    top = mounted / name / "c"
    assert value(top / "d/b", "user.datasetfs.parent_id") == entry
    assert value(top / "d/b", "user.datasetfs.dataset_id") == dataset
    assert value(top / "a", "user.datasetfs.storage_type") == "zip"
    assert value(top / "a", "user.datasetfs.content_type") == "deflate"
    assert len(value(top / "a", "user.datasetfs.meta.crc32")) == 8
    assert value(top / "a", "user.datasetfs.state") == "remote"
    (top / "a").read_bytes()
    assert value(top / "a", "user.datasetfs.state") == "cached"
    os.setxattr(top / "a", "user.datasetfs.evict", b"1")
    assert value(top / "a", "user.datasetfs.state") == "remote"
    for attribute in ("user.description", "user.tags", "user.anything"):
        assert code(lambda: os.setxattr(top / "a", attribute, b"x")) == errno.ENOTSUP
    assert os.listxattr(top / "a") == []
    assert mounted.pending == 0


def test_totals(mount, platform: Platform, places) -> None:
    """Totals of a directory, and of all below it, without a walk."""
    name, dataset, _ = places
    platform.entry(name="t", content="abc", file_path="t.txt", dataset_id=dataset)
    folder = platform.entry(name="folder", dataset_id=dataset)
    platform.entry(name="u", content="abcde", file_path="u.txt", dataset_id=dataset, parent_id=folder)
    mounted = mount(platform, "--attr-ttl", "60")
    top = mounted / name
    os.listdir(top / "c")
    assert value(top / "c", "user.datasetfs.dir.rfiles") == "3"
    assert value(top / "c", "user.datasetfs.dir.rbytes") == "6000"
    assert value(top / "c/d", "user.datasetfs.dir.rfiles") == "2"
    run("ls", "-l", top, top / "folder")
    assert value(top / "folder", "user.datasetfs.dir.rbytes") == "5"
    # Not all of it was looked at yet.
    assert code(lambda: os.getxattr(top, "user.datasetfs.dir.rfiles")) == errno.ENODATA
    shell(f"find '{top}' -ls")
    assert value(top, "user.datasetfs.dir.rfiles") == "5"
    assert value(top, "user.datasetfs.dir.rbytes") == "6008"


def test_copies_carry_descriptions(mount, platform: Platform, places, tmp_path) -> None:
    """`cp --preserve=xattr` and `rsync -X` trip over nothing in a collection."""
    name, _, _ = places
    top = mount(platform) / name / "c"
    run("cp", "-a", top, tmp_path / "copy")
    run("rsync", "-aX", f"{top}/", tmp_path / "again")
    for copy in ("copy", "again"):
        assert (tmp_path / copy / "d/b").read_bytes() == noise(5000)
