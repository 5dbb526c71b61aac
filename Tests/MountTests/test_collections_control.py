"""The control directory: by id, searches, versions, metrics, manifests and views."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import time
import uuid
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from harness.platform import Platform
from harness.process import eventually, run
from test_collections import code, collection, packed


@pytest.fixture
def dataset(platform: Platform) -> tuple[str, str]:
    """With something in it: the platform's search tells of no empty ones."""
    name = f"set-{uuid.uuid4().hex[:8]}"
    identifier = platform.dataset(name, "What it is")
    platform.entry(name="first", content="1", file_path="first.txt", dataset_id=identifier)
    return name, identifier


def value(path, name: str) -> str:
    return os.getxattr(path, name).decode()


def test_everywhere(mount, platform: Platform, dataset) -> None:
    """It stands in every directory, is in no listing, and is nobody's to change."""
    name, identifier = dataset
    platform.entry(name="d", dataset_id=identifier)
    mounted = mount(platform)
    for directory in (mounted.path, mounted / name, mounted / name / "d"):
        assert ".datasetfs" not in os.listdir(directory)
        names = set(os.listdir(directory / ".datasetfs"))
        assert {"raw", "versions", "manifest.json", "ro-crate-metadata.json", "SHA256SUMS"} <= names
        assert ("status" in names) == (directory == mounted.path)
        assert (directory / ".datasetfs").is_dir()
        assert code(lambda: os.mkdir(directory / ".datasetfs/x")) in (errno.EPERM, errno.EROFS, errno.EACCES)
        assert code(lambda: os.unlink(directory / ".datasetfs/manifest.json")) in (errno.EPERM, errno.EROFS)
        assert code(lambda: os.rmdir(directory / ".datasetfs")) in (errno.EPERM, errno.EROFS)
        with pytest.raises(FileNotFoundError):
            (directory / ".datasetfs/nothing").stat()
    assert run("find", mounted.path, "-name", ".datasetfs").stdout == ""
    config = json.loads((mounted / ".datasetfs/config").read_text())
    assert config["archives"] == "collections" and "local-key" not in json.dumps(config)


def test_metrics(mount, platform: Platform, dataset) -> None:
    """`metrics` is what Prometheus reads."""
    mounted = mount(platform)
    os.listdir(mounted / dataset[0])
    families = {family.name: family for family in text_string_to_metric_families((mounted / ".datasetfs/metrics").read_text())}
    assert families["datasetfs_up"].samples[0].value == 1
    assert families["datasetfs_requests"].type == "counter"
    assert families["datasetfs_requests"].samples[0].value > 0
    assert abs(families["datasetfs_start_time_seconds"].samples[0].value - time.time()) < 600
    assert all(family.documentation for family in families.values())


def test_by_id(mount, platform: Platform, dataset) -> None:
    """Whatever the account may read stands there by its id, wherever it lies."""
    name, identifier = dataset
    folder = platform.entry(name="folder", dataset_id=identifier)
    inner = platform.entry(name="t", content="abc", file_path="t.txt", dataset_id=identifier, parent_id=folder)
    packedup = collection(platform, identifier, "c", packed({"a": b"1"}))
    mounted = mount(platform)
    ids = mounted / ".datasetfs/by-id"
    assert (ids / inner).read_text() == "abc"
    assert os.readlink(ids / inner) == f"../../{name}/folder/t.txt"
    assert (ids / packedup / "a").read_bytes() == b"1"
    assert os.path.samefile(ids / identifier, mounted / name)
    alias = platform.storage("GET", f"data-entries/{inner}")["data_storage"].get("short_alias")
    if alias:
        assert (ids / alias).read_text() == "abc"
    with pytest.raises(FileNotFoundError):
        (ids / str(uuid.uuid4())).stat()
    assert os.listdir(ids) == []


def test_search(mount, platform: Platform, dataset) -> None:
    """A search is a directory of links to what the store finds, asked once a minute."""
    name, identifier = dataset
    word = f"word{uuid.uuid4().hex[:10]}"
    for number in range(3):
        platform.entry(name=f"{word} {number}", content=f"text {number}", file_path="x.txt", dataset_id=identifier)
    mounted = mount(platform)
    place = mounted / ".datasetfs/search" / word
    assert eventually(lambda: len(platform.storage("POST", "search", {"criteria": [], "text_query": word})) == 3, within=20)
    links = os.listdir(place)
    assert len(links) == 3 and all((place / link).is_symlink() for link in links)
    assert {(place / link).read_text() for link in links} == {"text 0", "text 1", "text 2"}
    platform.count()
    assert sorted(os.listdir(place)) == sorted(links)
    assert not any("search" in route for route in platform.requests)
    assert word in os.listdir(mounted / ".datasetfs/search")
    assert os.listdir(mounted / ".datasetfs/search" / f"none{word}") == []


def test_versions(mount, platform: Platform, dataset) -> None:
    """Older revisions are there with exactly their bytes."""
    name, identifier = dataset
    entry = platform.entry(name="t", content="first", file_path="t.txt", dataset_id=identifier)
    for content in ("second, longer", "third"):
        platform.revise(entry, str(uuid.uuid4()), content=content)
    blob = platform.upload(b"old" * 100_000, name="b", file_path="b.bin", dataset_id=identifier)
    source = platform.upload(b"new" * 50_000, name="s", file_path="s.bin", dataset_id=identifier)
    platform.revise(blob, str(uuid.uuid4()), source_entry_id=source)
    top = mount(platform) / name
    versions = top / ".datasetfs/versions"
    assert {"t.txt", "b.bin"} <= set(os.listdir(versions))
    numbers = sorted(os.listdir(versions / "t.txt"), key=int)
    assert [(versions / "t.txt" / number).read_text() for number in numbers] == ["first", "second, longer", "third"]
    assert [(versions / "t.txt" / number).stat().st_size for number in numbers] == [5, 14, 5]
    numbers = sorted(os.listdir(versions / "b.bin"), key=int)
    assert [(versions / "b.bin" / number).read_bytes() for number in numbers] == [b"old" * 100_000, b"new" * 50_000]
    assert code(lambda: (versions / "t.txt/0").write_text("x")) in (errno.EACCES, errno.EROFS)
    with pytest.raises(FileNotFoundError):
        (versions / "t.txt/99").stat()
    with pytest.raises(FileNotFoundError):
        (versions / "none.txt").stat()


def test_manifest(mount, platform: Platform, dataset) -> None:
    """A manifest reads as what the store says, and what is written to it is applied."""
    name, identifier = dataset
    folder = platform.entry(name="folder", dataset_id=identifier)
    text = platform.entry(name="t", content="a", file_path="t.txt", dataset_id=identifier, description="old")
    inner = platform.entry(name="u", content="b", file_path="u.txt", dataset_id=identifier, parent_id=folder)
    mounted = mount(platform, "--attr-ttl", "1")
    top = mounted / name
    manifest = top / ".datasetfs/manifest.json"
    before = json.loads(manifest.read_text())
    assert "old" in json.dumps(before)
    wanted = {"t.txt": "new", "folder": {"description": "a folder", "entries": {"u.txt": "deep", "later.txt": "to come"}}}
    manifest.write_text(json.dumps(wanted))

    def described(entry: str) -> str | None:
        return platform.storage("GET", f"data-entries/{entry}")["data_storage"]["description"]

    assert (described(text), described(folder), described(inner)) == ("new", "a folder", "deep")
    # What is made later is described with the request that makes it.
    (top / "folder/later.txt").write_text("here")
    mounted.sync()
    later = value(top / "folder/later.txt", "user.datasetfs.id")
    assert described(later) == "to come"
    # It is remembered by the next mount, and reads the same in YAML.
    mounted.unmount()
    mounted.make("--attr-ttl", "1")
    again = json.loads(manifest.read_text())
    assert "deep" in json.dumps(again) and "to come" in json.dumps(again)
    assert "a folder" in (top / ".datasetfs/manifest.yaml").read_text()
    below = json.loads((top / "folder/.datasetfs/manifest.json").read_text())
    assert "deep" in json.dumps(below)


def test_bad_manifest(mount, platform: Platform, dataset) -> None:
    """What does not parse, or names what cannot be: EINVAL, with the place, and nothing of it is applied."""
    name, identifier = dataset
    text = platform.entry(name="t", content="a", file_path="t.txt", dataset_id=identifier, description="old")
    mounted = mount(platform)
    manifest = mounted / name / ".datasetfs/manifest.json"
    for bad in ('{"t.txt": "new", ', '{"t.txt": ["new"]}', '{"t.txt": {"description": "new", "entries": {"x": "y"}}}'):
        assert code(lambda: manifest.write_text(bad)) == errno.EINVAL
        error = mounted.errors[-1]
        assert error["path"].endswith("manifest.json") and error["code"] == "invalid"
    assert any("line" in error["message"] for error in mounted.errors)
    assert platform.storage("GET", f"data-entries/{text}")["data_storage"]["description"] == "old"


def test_views(mount, platform: Platform, dataset, tmp_path: Path) -> None:
    """The generated views are valid, of the same bytes each time, and tell no secrets."""
    name, identifier = dataset
    folder = platform.entry(name="folder", dataset_id=identifier)
    platform.entry(name="t", content="a,b\n1,2\n", file_path="t.csv", dataset_id=identifier, parent_id=folder, description="numbers")
    platform.upload(b"x" * 1000, name="b", file_path="b.bin", dataset_id=identifier)
    mounted = mount(platform)
    views = mounted / name / ".datasetfs"
    names = ("ro-crate-metadata.json", "croissant.json", "datapackage.json", "SHA256SUMS")
    first = {each: (views / each).read_bytes() for each in names}
    time.sleep(1.1)
    assert {each: (views / each).read_bytes() for each in names} == first
    for each in names:
        assert len(first[each]) == (views / each).stat().st_size
        assert b"local-key" not in first[each] and b"X-Amz" not in first[each] and b"signature" not in first[each].lower()
    crate = json.loads(first["ro-crate-metadata.json"])
    assert "folder/t.csv" in json.dumps(crate) and "numbers" in json.dumps(crate)
    assert json.loads(first["croissant.json"]) and json.loads(first["datapackage.json"])
    for line in first["SHA256SUMS"].decode().splitlines():
        digest, path = line.split("  ", 1)
        assert hashlib.sha256((mounted / name / path).read_bytes()).hexdigest() == digest
    assert code(lambda: (views / "SHA256SUMS").write_text("x")) in (errno.EACCES, errno.EROFS)
    # The root's tell of what is known, without asking.
    assert json.loads((mounted / ".datasetfs/ro-crate-metadata.json").read_text())


def test_read_only(mount, platform: Platform, dataset) -> None:
    """A mount for reading has the same control directory, and takes no manifest."""
    mounted = mount(platform, "-o", "ro")
    manifest = mounted / dataset[0] / ".datasetfs/manifest.json"
    json.loads(manifest.read_text())
    assert code(lambda: manifest.write_text("{}")) in (errno.EROFS, errno.EACCES)
