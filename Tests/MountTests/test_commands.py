"""The commands that talk to a store without a mount: datasets, entries, registration, search, tags, sharing, versions."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path

import pytest

from harness.mounting import Home
from harness.platform import Platform
from harness.reader import Reader
from harness.store import Store


@pytest.fixture(scope="module")
def client(platform: Platform):
    made = Reader(platform)
    yield made
    made.close()


@pytest.fixture
def store(home: Home, platform: Platform, client: Reader) -> Store:
    return Store(home, platform, client)


# dataset


def test_datasets_are_made_shown_and_deleted(store: Store) -> None:
    chosen = str(uuid.uuid4())
    made = store.run("dataset", "create", store.root, "experiments", "--description", "of 2026", "--id", chosen)
    assert made.stdout.strip() == chosen
    told = store.reader.client.get_dataset(chosen).dataset
    assert (told.name, told.description) == ("experiments", "of 2026")
    again = store.run("dataset", "create", store.root, "experiments", "--id", chosen, status=1)
    assert "already" in again.stderr
    other = store.json("dataset", "create", store.root, "experiments")
    assert other["id"] != chosen and other["kind"] == "directory"

    below = store.platform.entry(name="below", dataset_id=chosen)
    store.platform.entry(name="a.txt", content="a", dataset_id=chosen, parent_id=below, description="first")
    shown = store.json("dataset", "show", f"{store.root}#{chosen}")
    assert shown["dataset"]["description"] == "of 2026" and shown["dataset"]["id"] == chosen
    assert {entry["name"]: entry.get("parent_id") for entry in shown["entries"]} == {"below": None, "a.txt": below}
    text = store.run("dataset", "show", f"{store.root}#{chosen}").stdout
    assert "experiments" in text and "a.txt" in text and "first" in text

    refused = store.run("dataset", "delete", f"{store.root}#{chosen}", status=1)
    assert "not empty" in refused.stderr
    store.run("dataset", "delete", f"{store.root}#{chosen}", "--recursive")
    store.run("dataset", "delete", f"{store.root}#{other['id']}")
    gone = store.run("dataset", "show", f"{store.root}#{chosen}", status=1)
    assert chosen in gone.stderr
    with pytest.raises(Exception):
        store.reader.client.get_dataset(chosen)


# entry


def test_entries_are_shown_by_name_id_and_on_a_mount(store: Store, mount, platform: Platform) -> None:
    folder = platform.entry(name="run 7", dataset_id=store.dataset)
    content = b"\x00one"
    entry = platform.upload(content, name="a.bin", file_path="a.bin", dataset_id=store.dataset, parent_id=folder)
    platform.storage("PATCH", f"data-entries/{entry}", {"tags": ["x", "y"]})
    (by_name,) = store.json("entry", "show", store.at("run 7/a.bin"))
    (by_id,) = store.json("entry", "show", f"{store.root}#{entry}")
    assert by_name == by_id and by_name["id"] == entry
    assert by_name["size"] == 4 and by_name["tags"] == ["x", "y"] and by_name["dataset_id"] == store.dataset
    alias = store.reader.client.get_data_storage_entry(entry).data_storage.short_alias
    if alias:
        assert by_name["alias"] == alias
    mounted = mount(platform, "--dataset", store.dataset)
    (on_mount,) = store.json("entry", "show", mounted.path / store.name / "run 7/a.bin")
    assert on_mount == by_name
    text = store.run("entry", "show", store.at("run 7/a.bin")).stdout
    assert f"id:           {entry}" in text and "size:         4 bytes" in text
    missing = store.run("entry", "show", store.at("run 7/none"), status=1)
    assert "there is no “none” in “run 7”" in missing.stderr


def test_entries_are_deleted(store: Store, platform: Platform) -> None:
    folder = platform.entry(name="folder", dataset_id=store.dataset)
    deep = platform.entry(name="deep", dataset_id=store.dataset, parent_id=folder)
    for parent in (folder, deep, None):
        platform.entry(name="a.txt", content="a", dataset_id=store.dataset, parent_id=parent)
    refused = store.run("entry", "delete", store.at("folder"), status=1)
    assert "not empty" in refused.stderr
    store.run("entry", "delete", store.at("a.txt"))
    assert {entry.path for entry in store.reader.entries(store.dataset)} == {
        "folder", "folder/a.txt", "folder/deep", "folder/deep/a.txt",
    }  # fmt: skip
    store.run("entry", "delete", "--recursive", store.at("folder"))
    assert store.reader.entries(store.dataset) == []
    gone = store.run("entry", "delete", f"{store.root}#{deep}", status=1)
    assert deep in gone.stderr


# register


def test_what_lies_elsewhere_is_registered(store: Store, platform: Platform) -> None:
    folder = platform.root / "buckets/lab/raw"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "1.bin").write_bytes(b"\x00one")
    (folder / "2.bin").write_bytes(b"\x00two")
    row = str(uuid.uuid4())
    platform.admin("POST", "trajectories", {"id": row, "data": {"answer": 42}})
    client = store.reader.client

    about = ("--description", "elsewhere", "--tag", "raw")
    bucket = store.run("register", "gcs", "gs://lab/raw/", store.at("raw"), *about).stdout.strip()
    assert [path.read_bytes() for path in client.fetch_data_from_storage(bucket)] == [b"\x00one", b"\x00two"]
    told = client.get_data_storage_entry(bucket).data_storage
    assert (told.name, told.description, told.tags, told.is_collection) == ("raw", "elsewhere", ["raw"], True)
    one = store.run("register", "gcs", "gs://lab/raw/1.bin", store.at("one.bin")).stdout.strip()
    assert client.fetch_data_from_storage(one).read_bytes() == b"\x00one"

    text = store.run("register", "pg", "trajectories", row, store.at("row")).stdout.strip()
    assert json.loads(client.fetch_data_from_storage(text).content)["answer"] == 42
    table = store.json("register", "bigquery", "p.d.t", store.at("plays"))["id"]
    (place,) = client.get_data_storage_entry(table).storage_locations
    assert place.storage_config.metadata == {"project_id": "p", "dataset_id": "d", "table_id": "t"}

    url = "https://example.org/data?set=1"
    words = ("--instructions", "GET it", "--metadata", "kind=page")
    link = store.run("register", "link", url, store.at("new/homepage"), "--parents", *words).stdout.strip()
    (place,) = client.get_data_storage_entry(link).storage_locations
    assert place.storage_config.location == url
    assert place.storage_config.metadata["instructions"] == "GET it" and place.storage_config.metadata["kind"] == "page"

    taken = store.run("register", "link", url, store.at("new/homepage"), status=1)
    assert "exists" in taken.stderr
    absent = store.run("register", "gcs", "gs://lab/nothing/", store.at("x"), status=1)
    assert "No objects found" in absent.stderr
    assert "gs://BUCKET/PREFIX" in store.run("register", "gcs", "lab/raw", store.at("x"), status=64).stderr
    assert "PROJECT.DATASET.TABLE" in store.run("register", "bigquery", "p.d", store.at("x"), status=64).stderr


# search


def test_search_finds_by_words_and_conditions(store: Store, platform: Platform) -> None:
    word = f"salt{uuid.uuid4().hex[:8]}"
    for name, text in ((f"{word}.txt", "solubility"), (f"acid-{word}.csv", "strength")):
        platform.entry(name=name, content=text, dataset_id=store.dataset, description=f"about {name}")
    names = {row["name"]: row for row in store.json("search", store.root, word)}
    assert set(names) == {f"{word}.txt", f"acid-{word}.csv"}
    assert all(row["score"] > 0 and row["dataset_id"] == store.dataset for row in names.values())
    one = store.json("search", store.root, "--where", f"name contains {word}", "--where", "name ends_with .csv")
    assert [row["name"] for row in one] == [f"acid-{word}.csv"]
    either = store.json(
        "search", store.root, "--any", "--where", f"name equals {word}.txt", "--where", f"name equals acid-{word}.csv"
    )
    assert len(either) == 2
    assert len(store.json("search", store.root, word, "--limit", "1")) == 1
    assert store.json("search", store.root, "--own", word) == list(store.json("search", store.root, word))
    lines = store.run("search", store.root, word).stdout.splitlines()
    assert len(lines) == 2 and all(line.count("\t") == 2 for line in lines)
    assert store.run("search", store.root, "nothing-is-called-so").stdout == ""
    assert "where" in store.run("search", store.root, "--where", "name is x", status=64).stderr
    platform.fault(path="/v0.1/data-storage/search", method="POST", status=503, body={"detail": "no index"})
    assert "503" in store.run("search", store.root, word, status=3, timeout=100).stderr


# tag, describe, share


def test_tags(store: Store, platform: Platform) -> None:
    entry = platform.entry(name="a.txt", content="a", dataset_id=store.dataset)
    tags = lambda: store.reader.client.get_data_storage_entry(entry).data_storage.tags  # noqa: E731
    assert store.run("tag", store.at("a.txt"), "--add", "raw", "--add", "2026").stdout.split() == ["raw", "2026"]
    assert tags() == ["raw", "2026"]
    store.run("tag", store.at("a.txt"), "--remove", "raw", "--add", "new")
    assert tags() == ["2026", "new"]
    assert store.json("tag", store.at("a.txt"), "--set", "only")["tags"] == ["only"]
    assert store.run("tag", store.at("a.txt")).stdout == "only\n"
    store.run("tag", store.at("a.txt"), "--clear")
    assert tags() == []
    assert store.run("tag", store.at("a.txt"), "--clear", "--add", "x", status=64).stderr
    refused = store.run("tag", store.at(), "--add", "x", status=1)
    assert "dataset" in refused.stderr


def test_descriptions(store: Store, platform: Platform) -> None:
    entry = platform.entry(name="a.txt", content="a", dataset_id=store.dataset)
    store.run("describe", store.at("a.txt"), "Solubility of salts")
    assert store.reader.client.get_data_storage_entry(entry).data_storage.description == "Solubility of salts"
    assert store.run("describe", store.at("a.txt")).stdout == "Solubility of salts\n"
    assert store.json("describe", store.at("a.txt"))["description"] == "Solubility of salts"
    store.run("describe", store.at("a.txt"), "--clear")
    assert not store.reader.client.get_data_storage_entry(entry).data_storage.description
    assert store.files() == {"a.txt": b"a"}
    refused = store.run("describe", store.at(), "x", status=1)
    assert "dataset" in refused.stderr


def test_descriptions_where_the_platform_takes_them_only_with_a_revision(
    home: Home, tmp_path: Path
) -> None:
    platform = Platform(tmp_path / "strict", "--no-plain-patch")
    client = Reader(platform)
    try:
        store = Store(home, platform, client)
        platform.entry(name="a.txt", content="a", dataset_id=store.dataset)
        platform.upload(b"\x00", name="a.bin", file_path="a.bin", dataset_id=store.dataset)
        store.run("describe", store.at("a.txt"), "told with a revision")
        assert store.entry("a.txt").data_storage.description == "told with a revision"
        assert store.reader.revisions(store.dataset, "a.txt") == 2
        refused = store.run("describe", store.at("a.bin"), "x", status=1)
        assert "does not keep" in refused.stderr
        assert store.files() == {"a.txt": b"a", "a.bin": b"\x00"}
    finally:
        client.close()
        platform.stop()


def test_sharing(store: Store, platform: Platform) -> None:
    entry = platform.entry(name="a.txt", content="a", dataset_id=store.dataset)
    share = lambda: store.reader.client.get_data_storage_entry(entry).data_storage.share_status  # noqa: E731
    assert store.run("share", store.at("a.txt"), "--with", "ada@example.org").stdout == "shared\n"
    assert share() == "shared"
    assert store.json("share", store.at("a.txt"), "--public")["share"] == "public"
    assert share() == "public"
    store.run("share", store.at("a.txt"), "--private")
    assert share() == "private"
    assert store.run("share", store.at("a.txt"), status=64).stderr
    assert "entries" in store.run("share", store.at(), "--public", status=1).stderr


# versions, restore


def test_versions(store: Store, platform: Platform, tmp_path: Path) -> None:
    contents = [b"first\n", os.urandom(700_000), b"third\n"]
    path = tmp_path / "a.txt"
    for content in contents:
        path.write_bytes(content)
        store.run("put", path, store.at("a.txt"))
    rows = store.json("versions", store.at("a.txt"))
    assert [row["version"] for row in rows] == [2, 1, 0] and [row["is_current"] for row in rows] == [True, False, False]
    for row, content in zip(reversed(rows), contents, strict=True):
        for name in (str(row["version"]), row["id"]):
            done = store.run("versions", store.at("a.txt"), "--read", name, text=False)
            assert done.stdout == content
    assert "no version" in store.run("versions", store.at("a.txt"), "--read", "99", status=1).stderr
    assert store.run("versions", store.at("a.txt")).stdout.startswith("2*\t")

    for number in (1, 0):
        store.run("restore", store.at("a.txt"), str(number))
        assert store.files() == {"a.txt": contents[number]}
    restored = store.json("restore", store.at("a.txt"), rows[0]["id"])
    assert restored["size"] == 6 and store.files() == {"a.txt": contents[2]}
    assert [row["version"] for row in store.json("versions", store.at("a.txt"))] == [5, 4, 3, 2, 1, 0]
    history = store.reader.client.list_data_storage_revisions(restored["id"]).revisions
    assert len(history) == 6


# whatever store


def test_a_folder_says_what_it_cannot(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    (row,) = json.loads(home.datasetfs("entry", "show", f"file:{folder}/a.txt", "--json").stdout)
    assert row["name"] == "a.txt" and row["size"] == 1
    for words in (("search", f"file:{folder}", "x"), ("versions", f"file:{folder}/a.txt"), ("share", f"file:{folder}/a.txt", "--public")):
        assert "cannot" in home.datasetfs(*words, status=1).stderr
    home.datasetfs("entry", "delete", f"file:{folder}/a.txt")
    assert not (folder / "a.txt").exists()


def test_stores_of_the_configuration_take_paths(store: Store, platform: Platform) -> None:
    folder = Path(store.home.environment["XDG_CONFIG_HOME"]) / "datasetfs"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(f"stores:\n  lab:\n    address: {platform.store}#{store.dataset}\n")
    platform.entry(name="a.txt", content="a", dataset_id=store.dataset)
    (row,) = store.json("entry", "show", "lab:a.txt")
    assert row["name"] == "a.txt"


@pytest.mark.parametrize(
    "command",
    ["put", "dataset", "entry", "register", "search", "tag", "describe", "share", "versions", "restore"],
)
def test_help_is_readable(home: Home, command: str) -> None:
    text = home.datasetfs(command, "--help").stdout
    assert "OVERVIEW" in text and max(map(len, text.splitlines())) <= 120
