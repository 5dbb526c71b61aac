"""Names as no file system would have them."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator

import pytest

from harness.platform import Platform
from harness.process import is_alive, run, shell

HOSTILE = {
    "/": "／",
    "a/b": "a／b",
    "../../etc/passwd": None,
    "..": "．.",
    ".": "．",
    ".datasetfs": "．datasetfs",
    "nul\0byte": "nul%00byte",
    "": None,
    "line\nend": "line\nend",
    " ": " ",
    "-rf": "-rf",
    "Ångström ☃ \U0001f9ea": "Ångström ☃ \U0001f9ea",
    "%41": None,
    "x" * 300: None,
    "é" * 300 + ".csv": None,
}


@pytest.fixture(scope="module")
def planted(platform: Platform) -> dict[str, str]:
    """Content by hostile name, in a dataset “names”."""
    dataset = platform.dataset("names")
    contents = {}
    for number, name in enumerate(HOSTILE):
        contents[name] = f"content {number}"
        platform.plant(name="placeholder", content=contents[name], dataset=dataset, raw={"name": name})
    for number in range(4):
        platform.entry(name="twin", content=f"twin {number}", file_path="twin.txt", dataset_id=dataset)
    return contents


def test_hostile_names(mount, platform: Platform, planted: dict[str, str], tmp_path) -> None:
    """`/`, NUL, `.` and `..` are escaped with their full-width or percent form, reversibly; nothing escapes."""
    mounted = mount(platform)
    top = mounted / "names"
    found = os.listdir(top)
    assert len(found) == len(set(found)) == len(HOSTILE) + 4
    assert all("/" not in name and 0 < len(os.fsencode(name)) <= 255 for name in found)
    contents = {(top / name).read_text(): name for name in found}
    for name, content in planted.items():
        assert content in contents, name
        if HOSTILE[name] is not None:
            assert contents[content] == HOSTILE[name]
    assert contents[planted["é" * 300 + ".csv"]].endswith(".csv")
    shell(f"cp -r '{top}' '{tmp_path}/copy'")
    assert sorted(os.listdir(tmp_path / "copy")) == sorted(found)
    assert is_alive(mounted.process)


def test_duplicates(mount, platform: Platform, planted: dict[str, str]) -> None:
    """Two siblings with one name: the older keeps it, the next becomes `name (2).ext`, stable across mounts."""

    def twins(top) -> dict[str, str]:
        return {name: (top / name).read_text() for name in os.listdir(top) if name.startswith("twin")}

    expected = {"twin.txt": "twin 0", "twin (2).txt": "twin 1", "twin (3).txt": "twin 2", "twin (4).txt": "twin 3"}
    first = mount(platform)
    assert twins(first / "names") == expected
    first.unmount()
    assert twins(mount(platform, "--cache-dir", str(first.path) + "-cache") / "names") == expected


def test_extension(mount, platform: Platform) -> None:
    """When the name has no extension and the entry's file path has one, that extension is appended."""
    dataset = platform.dataset("extensions")
    platform.entry(name="training_dataset", content="a", file_path="/x/data.csv", dataset_id=dataset)
    platform.entry(name="has.txt", content="a", file_path="data.csv", dataset_id=dataset)
    platform.entry(name="v1.0 final", content="a", file_path="README", dataset_id=dataset)
    assert sorted(os.listdir(mount(platform) / "extensions")) == ["has.txt", "training_dataset.csv", "v1.0 final"]


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform that what is planted here does not spoil for other tests."""
    running = Platform(tmp_path_factory.mktemp("spoilt"))
    yield running
    running.stop()


@pytest.mark.parametrize(
    "raw",
    [
        {"name": 7},
        {"name": None},
        {"name": ["x"]},
        {"id": "no-uuid"},
        {"id": None},
        {"created_at": "yesterday"},
        {"created_at": None},
        {"content": {"a": 1}},
        {"parent_id": "self"},
        {"parent_id": "00000000-0000-0000-0000-000000000001"},
        {"status": "strange"},
        {"tags": "x"},
        {"file_path": 3},
        {"is_collection": "yes"},
        {"dataset_id": 12},
    ],
    ids=json.dumps,
)
def test_members_of_wrong_kinds(mount, own: Platform, raw: dict) -> None:
    """Bad input: precise errno, error record, no crash: an answer with a member of the wrong kind is damaged as a whole
    (EIO) or shown without that member; the good entries beside it are never shown as gone."""
    dataset = own.dataset("raw")
    own.entry(name="good", content="good", dataset_id=dataset)
    planted = own.plant(name="bad", content="bad", dataset=dataset)
    if raw == {"parent_id": "self"}:
        raw = {"parent_id": planted}
    own.delete(planted)
    own.plant(name="bad", content="bad", dataset=dataset, raw=raw)
    mounted = mount(own, "--dataset", dataset)
    listing = run("ls", "-lR", mounted.path, status=None, timeout=30)
    if listing.returncode == 0:
        top = mounted / "raw"
        assert (top / "good").read_text() == "good"
    else:
        assert "Input/output error" in listing.stderr
        assert "damaged" in mounted.why(mounted.path)
        assert next(iter(raw)) in mounted.why(mounted.path) or raw == {"id": None}
    assert is_alive(mounted.process)


def test_invalid_surrogates(mount, own: Platform) -> None:
    """Invalid UTF-8 in the form JSON knows it: a lone surrogate."""
    dataset = own.dataset("surrogates")
    own.entry(name="good", content="good", dataset_id=dataset)
    body = '{"name": "p", "content": "bad", "dataset": "%s", "raw": {"name": "x\\ud800y"}}' % dataset
    try:
        own.request("POST", "/admin/entries", body.encode())
    except OSError:
        # The server will not keep it: the wire answer is made by hand.
        answer = own.storage("GET", f"datasets/{dataset}")
        text = json.dumps(answer).replace('"good"', '"x\\ud800y"', 1)
        own.fault(path=f"/datasets/{dataset}", method="GET", status=200, body=text)
    mounted = mount(own)
    try:
        names = os.listdir(mounted / "surrogates")
    except OSError as error:
        assert error.errno in (errno.EIO, errno.EINVAL)
    else:
        assert names
    assert is_alive(mounted.process)


def test_parents_in_a_circle(mount, own: Platform) -> None:
    """Directories that contain each other neither loop nor vanish without a trace."""
    dataset = own.dataset("circle")
    first = own.plant(name="first", dataset=dataset)
    second = own.plant(name="second", dataset=dataset, raw={"parent_id": first})
    own.delete(first)
    own.plant(name="first", dataset=dataset, id=first, raw={"id": first, "parent_id": second})
    own.entry(name="good", content="good", dataset_id=dataset)
    mounted = mount(own)
    assert "good" in run("find", mounted / "circle", status=None, timeout=30).stdout
    assert is_alive(mounted.process)
