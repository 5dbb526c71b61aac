"""Extended attributes and the control directory."""

from __future__ import annotations

import errno
import json
import os
import stat

import pytest

from harness.platform import Platform
from harness.process import run, shell


@pytest.fixture(scope="module")
def entries(platform: Platform) -> dict[str, str]:
    dataset = platform.dataset("described", "About it")
    return {
        "dataset": dataset,
        "text": platform.entry(
            name="t", content="abc", file_path="t.txt", dataset_id=dataset, description="ü", tags=["x", "y"]
        ),
        "file": platform.upload(b"z" * 1000, name="f.bin", file_path="f.bin", dataset_id=dataset, metadata={"k": "v"}),
        "directory": platform.entry(name="d", dataset_id=dataset),
    }


def value(path, name: str) -> str:
    return os.getxattr(path, name).decode()


def test_listed(mount, platform: Platform, entries) -> None:
    """`listxattr` lists only what can be set and makes sense to copy; everything else answers to its name."""
    top = mount(platform) / "described"
    assert sorted(os.listxattr(top / "t.txt")) == ["user.description", "user.tags"]
    assert os.listxattr(top / "f.bin") == []
    dump = shell(f"getfattr -d --absolute-names '{top}/t.txt'")
    assert 'user.tags="x,y"' in dump
    assert value(top, "user.description") == "About it"
    assert value(top / "t.txt", "user.description") == value(top / "t.txt", "user.xdg.comment") == "ü"
    assert value(top / "t.txt", "user.xdg.tags") == "x,y"


def test_facts(mount, platform: Platform, entries) -> None:
    """Identifiers, facts, digests, when known."""
    top = mount(platform) / "described"
    assert value(top, "user.datasetfs.id") == entries["dataset"]
    for path, name in (("t.txt", "text"), ("f.bin", "file"), ("d", "directory")):
        assert value(top / path, "user.datasetfs.id") == entries[name]
        assert value(top / path, "user.datasetfs.dataset_id") == entries["dataset"]
        assert value(top / path, "user.datasetfs.status") == "active"
        assert value(top / path, "user.datasetfs.share") == "private"
        assert value(top / path, "user.datasetfs.owner") == "local-user"
        assert value(top / path, "user.datasetfs.created_at").startswith("20")
    assert value(top / "t.txt", "user.datasetfs.storage_type") == "raw_content"
    assert value(top / "f.bin", "user.datasetfs.storage_type") == "gcs"
    assert value(top / "f.bin", "user.datasetfs.state") in ("remote", "cached")
    (top / "f.bin").read_bytes()
    assert value(top / "f.bin", "user.datasetfs.state") == "cached"
    assert value(top, "user.datasetfs.dir.files") == "2"
    run("ls", "-l", top)
    assert value(top, "user.datasetfs.dir.bytes") == "1003"


def test_all_listed_on_request(mount, platform: Platform, entries) -> None:
    """`--list-all-xattrs` lists all."""
    top = mount(platform, "--list-all-xattrs") / "described"
    assert {"user.datasetfs.id", "user.datasetfs.status", "user.tags"} <= set(os.listxattr(top / "t.txt"))


def test_unknown_names(mount, platform: Platform, entries) -> None:
    """`security.*`, `system.*` → ENODATA/ENOTSUP; what is not there: ENODATA."""
    path = mount(platform) / "described/t.txt"
    for name in ("security.capability", "system.posix_acl_access", "user.nothing", "user.datasetfs.sha256"):
        with pytest.raises(OSError) as failure:
            os.getxattr(path, name)
        assert failure.value.errno in (errno.ENODATA, errno.ENOTSUP)


def test_evict(mount, platform: Platform, entries) -> None:
    """`user.datasetfs.evict`: write `1`: drop the content."""
    path = mount(platform) / "described/f.bin"
    path.read_bytes()
    os.setxattr(path, "user.datasetfs.evict", b"1")
    assert value(path, "user.datasetfs.state") == "remote"


def test_control_directory(mount, platform: Platform, entries, home) -> None:
    """Control directory: in no listing, reachable by name."""
    mounted = mount(platform)
    assert ".datasetfs" not in os.listdir(mounted.path)
    assert {"config", "errors", "queue", "status"} <= set(os.listdir(mounted / ".datasetfs"))
    status = mounted.status
    assert status["health"] == "online" and status["transfers"]["requests"] >= 1
    config = json.loads((mounted / ".datasetfs/config").read_text())
    assert config["store"] == platform.store and config["api_key"] == "from the environment"
    assert stat.S_ISDIR(os.stat(mounted / ".datasetfs").st_mode)
    shown = home.datasetfs("status").stdout
    assert str(mounted.path) in shown and "online" in shown
    assert json.loads(home.datasetfs("status", "--json", mounted / "described").stdout)[0]["source"] == platform.store


def test_kinds_of_entries(mount, platform: Platform) -> None:
    """Text, file, directory, multi-location, link, Postgres, BigQuery and Elastic entries all appear."""
    dataset = platform.dataset("kinds")
    bucket = platform.root / "buckets/b/folder"
    bucket.mkdir(parents=True)
    (bucket / "one.bin").write_bytes(b"1" * 11)
    (bucket / "two.bin").write_bytes(b"2" * 22)
    platform.entry(
        name="many",
        dataset_id=dataset,
        file_path="folder",
        existing_location={
            "storage_type": "gcs",
            "content_type": "directory",
            "location": "folder",
            "metadata": {"bucket_name": "b", "prefix": "folder"},
        },
    )
    platform.admin("POST", "trajectories", {"id": "11111111-2222-3333-4444-555555555555", "data": {"answer": 42}})
    platform.entry(
        name="row",
        dataset_id=dataset,
        existing_location={
            "storage_type": "pg_table",
            "content_type": "text",
            "location": "trajectories",
            "metadata": {"table_name": "trajectories", "row_id": "11111111-2222-3333-4444-555555555555"},
        },
    )
    platform.entry(
        name="table",
        dataset_id=dataset,
        existing_location={
            "storage_type": "bigquery",
            "content_type": "bq_table",
            "location": "p.d.t",
            "metadata": {"project_id": "p", "dataset_id": "d", "table_id": "t"},
        },
    )
    platform.plant(
        name="index",
        dataset=dataset,
        locations=[
            {"storage_type": "elastic_search", "content_type": "index", "location": "idx", "metadata": {"host": "h"}}
        ],
    )
    top = mount(platform) / "kinds"
    names = os.listdir(top)
    assert sorted(os.listdir(top / "many")) == ["one.bin", "two.bin"]
    assert (top / "many/two.bin").read_bytes() == b"2" * 22
    row = next(name for name in names if name.startswith("row"))
    assert json.loads((top / row).read_text())["answer"] == 42
    facts = json.loads((top / "table.bigquery.json").read_text())
    assert "table_id" in json.dumps(facts)
    index = next(name for name in names if name.startswith("index"))
    assert json.loads((top / index).read_text())
