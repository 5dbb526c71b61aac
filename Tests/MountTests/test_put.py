"""`datasetfs put`: what it sends is what a mount would make of it, once, however often it is tried."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from harness.mounting import Home
from harness.platform import Platform
from harness.process import DATASETFS, eventually
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


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A bit of everything."""
    top = tmp_path / "proj"
    (top / "data/deep").mkdir(parents=True)
    (top / "empty").mkdir()
    (top / "readme.md").write_bytes("# Übersicht\r\n".encode())
    (top / "data/a.csv").write_text("x,y\n1,2\n")
    (top / "data/a.bin").write_bytes(bytes(range(256)) * 900)
    (top / "data/deep/nul.txt").write_bytes(b"a\0b")
    (top / "data/deep/latin.txt").write_bytes(b"caf\xe9")
    (top / "data/none.txt").write_bytes(b"")
    (top / "tool.sh").write_text("#!/bin/sh\n")
    os.symlink("https://example.org/page", top / "page")
    os.symlink("data/a.csv", top / "link.csv")
    (top / ".git").mkdir()
    (top / ".git/config").write_text("x")
    (top / "data/.a.csv.swp").write_text("x")
    (top / ".gitignore").write_text("*.log\n!keep.log\n/secret\n")
    (top / "run.log").write_text("x")
    (top / "keep.log").write_text("kept")
    (top / "secret").write_text("x")
    (top / "data/secret").write_text("kept")
    return top


SENT = {
    "readme.md", "data/a.csv", "data/a.bin", "data/deep/nul.txt", "data/deep/latin.txt", "data/none.txt", "tool.sh",
    "page", "link.csv", ".gitignore", "keep.log", "data/secret",
}  # fmt: skip
TEXTS = {"readme.md", "data/a.csv", "data/none.txt", "link.csv"}


def content(tree: Path, names: set[str] = SENT) -> dict[str, bytes]:
    return {name: (tree / name).read_bytes() for name in names if name != "page"}


def without_link(files: dict[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if not path.endswith("page")}


def test_a_tree_is_what_the_mount_would_make_of_it(store: Store, tree: Path, mount, platform: Platform) -> None:
    done = store.run("put", tree, store.at())
    assert "sent" in done.stdout
    sent = {path.removeprefix("proj/"): data for path, data in without_link(store.files()).items()}
    assert sent == content(tree)
    kinds = {name: store.entry(f"proj/{name}").storage_locations[0].storage_config.storage_type for name in SENT}
    assert {name for name, kind in kinds.items() if kind == "raw_content"} == TEXTS
    assert kinds["page"] == "link"
    assert store.reader.directories(store.dataset) == {"proj", "proj/data", "proj/empty", "proj/data/deep"}

    mounted = mount(platform, "--dataset", store.dataset)
    at = mounted.path / store.name / "proj"
    assert {str(path.relative_to(at)) for path in at.rglob("*") if path.is_file() and not path.is_symlink()} == SENT - {"page"}
    assert (at / "readme.md").read_bytes() == (tree / "readme.md").read_bytes()
    assert os.readlink(at / "page") == "https://example.org/page"


def test_dry_run_lists_what_would_be_sent_and_as_what(store: Store, tree: Path) -> None:
    rows = {row["path"]: row for row in store.json("put", "--dry-run", tree, store.at())["items"]}
    assert {path for path, row in rows.items() if row["action"] == "create" and row["as"] not in ("directory",)} == SENT
    assert {path for path, row in rows.items() if row.get("as") == "text"} == TEXTS
    assert rows["page"]["as"] == "link" and rows[""]["as"] == "directory"
    assert {path for path, row in rows.items() if row["action"] == "left out"} == {
        ".git", "data/.a.csv.swp", "run.log", "secret",
    }  # fmt: skip
    assert store.files() == {}
    text = store.run("put", "-n", tree, store.at()).stdout
    assert "readme.md" in text and "left out" in text and "text" in text
    new = store.json("put", "--dry-run", "--parents", tree, store.at("new/place/"))
    assert all(row["action"] in ("create", "left out") for row in new["items"])
    assert store.reader.entries(store.dataset) == []


def test_the_same_again_sends_nothing_twice(store: Store, tree: Path, platform: Platform) -> None:
    store.run("put", tree, store.at())
    before = {entry.path: entry.id for entry in store.reader.entries(store.dataset)}
    platform.count()
    again = store.json("put", tree, store.at())
    assert {row["action"] for row in again["items"]} <= {"unchanged", "left out"}
    assert not [name for name in platform.requests if name.startswith(("POST /v0.1/data-storage/data-entries", "PATCH"))]
    (tree / "data/a.csv").write_text("x,y\n3,4\n")
    (tree / "data/new.bin").write_bytes(b"\0new")
    rows = {row["path"]: row["action"] for row in store.json("put", tree, store.at())["items"]}
    assert rows["data/a.csv"] == "replace" and rows["data/new.bin"] == "create" and rows["tool.sh"] == "unchanged"
    after = {entry.path: entry.id for entry in store.reader.entries(store.dataset)}
    assert after.items() >= before.items() and set(after) - set(before) == {"proj/data/new.bin"}
    assert store.files()["proj/data/a.csv"] == b"x,y\n3,4\n"
    assert store.reader.revisions(store.dataset, "proj/data/a.csv") == 2


def test_it_goes_on_after_a_kill(store: Store, tree: Path, platform: Platform) -> None:
    big = os.urandom(45 << 20)
    (tree / "big.bin").write_bytes(big)
    for number in range(30):
        (tree / f"data/{number}.txt").write_text(str(number))
    platform.fault(path="/storage/parts/", method="PUT", delay_ms=400)
    command = [DATASETFS, "put", str(tree), store.at()]
    for wait in (0.3, 0.8, 1.5):
        process = subprocess.Popen(command, env=store.home.environment, stdout=subprocess.DEVNULL)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
    platform.heal()
    store.run("put", tree, store.at(), timeout=100)
    files = {path.removeprefix("proj/"): data for path, data in without_link(store.files()).items()}
    assert files == content(tree, SENT | {"big.bin"} | {f"data/{number}.txt" for number in range(30)})


def test_parts_that_arrived_are_not_sent_again(store: Store, tmp_path: Path, platform: Platform) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(os.urandom(80 << 20))
    ledgers = Path(store.home.environment["XDG_STATE_HOME"]) / "datasetfs/puts"

    def arrived() -> int:
        """Parts that the ledger knows of, of eight."""
        notes = [json.loads(line).get("note") for file in ledgers.glob("*.jsonl") for line in file.read_text().splitlines()]
        latest = json.loads(next((note for note in reversed(notes) if note), "{}"))
        return sum(map(bool, latest.get("multipart", {}).get("etags", [])))

    platform.fault(path="/storage/parts/", method="PUT", delay_ms=700)
    process = subprocess.Popen([DATASETFS, "put", str(path), store.at()], env=store.home.environment)
    assert eventually(lambda: arrived() > 0, within=60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    known = arrived()
    platform.heal()
    platform.count()
    store.run("put", path, store.at(), timeout=100)
    sent = sum(count for name, count in platform.requests.items() if name.startswith("PUT /storage/parts/"))
    assert sent == 8 - known and known > 0
    assert store.files() == {"big.bin": path.read_bytes()}


def test_it_says_when_the_platform_cannot_be_reached_and_goes_on(store: Store, tree: Path, platform: Platform) -> None:
    platform.fault(path="/v0.1/data-storage/data-entries", method="POST", status=503, body={"detail": "down"})
    done = store.run("put", tree, store.at(), status=3, timeout=110)
    assert "goes on where" in done.stderr
    platform.heal()
    store.run("put", tree, store.at())
    assert {path.removeprefix("proj/") for path in without_link(store.files())} == SENT - {"page"}


def test_one_that_is_refused_leaves_the_others(store: Store, tree: Path) -> None:
    (tree / "bad\x01name").write_text("x")
    os.mkfifo(tree / "fifo")
    done = store.run("put", tree, store.at(), status=1)
    assert "fifo" in done.stderr and "neither file nor directory" in done.stderr
    assert content(tree).items() <= {path.removeprefix("proj/"): data for path, data in store.files().items()}.items()


def test_a_collection_is_read_back_by_the_client(store: Store, tree: Path, tmp_path: Path) -> None:
    report = store.json("put", "--as-collection", "--description", "all of it", "--tag", "raw", tree, store.at("packed"))
    entry = store.reader.client.get_data_storage_entry(report["id"])
    assert entry.data_storage.is_collection and entry.data_storage.name == "packed"
    assert entry.data_storage.file_path == "packed.zip" and entry.data_storage.tags == ["raw"]
    assert entry.data_storage.description == "all of it" and entry.data_storage.status == "active"
    fetched = store.reader.client.fetch_data_from_storage(report["id"])
    assert fetched.is_dir()
    found = {str(path.relative_to(fetched)): path.read_bytes() for path in fetched.rglob("*") if path.is_file()}
    assert {path: data for path, data in found.items() if path != "page"} == content(tree)

    again = store.json("put", "--as-collection", tree, store.at("packed"))
    assert again["items"][0]["action"] in ("unchanged", "replace") and again["id"] == report["id"]
    again = store.json("put", "--as-collection", tree, store.at("packed"))
    assert again["items"][0]["action"] == "unchanged"
    (tree / "more.txt").write_text("more")
    more = store.json("put", "--as-collection", tree, store.at("packed"))
    assert more["items"][0]["action"] == "replace" and more["id"] == report["id"]
    (archive,) = store.files().values()
    path = tmp_path / "archive.zip"
    path.write_bytes(archive)
    with zipfile.ZipFile(path) as packed:
        assert packed.testzip() is None
        assert "empty/" in packed.namelist() and packed.read("more.txt") == b"more"
    assert len(store.reader.entries(store.dataset)) == 1


def test_descriptions_come_from_a_manifest(store: Store, tree: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "about.yaml"
    manifest.write_text(
        "description: The project\n"
        "entries:\n"
        "  readme.md: Read this first\n"
        "  data/:\n    description: Tables\n    entries:\n      a.csv: {description: Points, metadata: {unit: mm}}\n"
    )
    store.run("put", tree, store.at(), "--manifest", manifest, "--tag", "raw")
    about = {entry.path: entry.raw.description for entry in store.reader.entries(store.dataset)}
    assert about["proj"] == "The project" and about["proj/readme.md"] == "Read this first"
    assert about["proj/data"] == "Tables" and about["proj/data/a.csv"] == "Points"
    assert about["proj/tool.sh"] is None
    assert all(entry.raw.tags == ["raw"] for entry in store.reader.entries(store.dataset))
    changed = manifest.read_text().replace("Tables", "More tables").replace("Read this first", "Read this")
    manifest.write_text(changed)
    rows = store.json("put", tree, store.at(), "--manifest", manifest, "--tag", "raw")["items"]
    assert {row["path"] for row in rows if row["action"] == "describe"} == {"data", "readme.md"}
    about = {entry.path: entry.raw.description for entry in store.reader.entries(store.dataset)}
    assert about["proj/data"] == "More tables" and about["proj/readme.md"] == "Read this"
    manifest.write_text("entries: [1, 2]\n")
    done = store.run("put", tree, store.at("again"), "--manifest", manifest, status=1)
    assert "about.yaml" in done.stderr and "line" in done.stderr


def test_patterns_of_the_command_line_go_first(store: Store, tree: Path) -> None:
    (tree / ".skip").write_text("*.bin\n")
    store.run("put", tree, store.at(), "--ignore", "*.md", "--ignore", "!*.log", "--ignore-file", ".skip")
    names = {path.removeprefix("proj/") for path in store.files()}
    assert "readme.md" not in names and "data/a.bin" not in names
    assert {"run.log", "keep.log", "secret", "data/a.csv"} <= names


def test_where_it_goes(store: Store, tree: Path, tmp_path: Path) -> None:
    one = tmp_path / "one.csv"
    one.write_text("1\n")
    store.run("put", one, store.at())
    store.run("put", one, store.at("two.csv"))
    store.run("put", one, store.at(), "--name", "named")
    store.run("put", one, store.at("made/here/"), "--parents")
    store.run("put", one, store.at("made/here"), "--name", "three.txt")
    missing = store.run("put", one, store.at("absent/x.csv"), status=1)
    assert "--parents" in missing.stderr
    assert set(store.files()) == {"one.csv", "two.csv", "named.csv", "made/here/one.csv", "made/here/three.txt"}
    assert store.entry("named.csv").data_storage.name == "named"
    assert set(store.files().values()) == {b"1\n"}

    # At the top a directory is a dataset, and a file cannot stand there.
    done = store.json("put", tree, store.root, "--description", "made by put")
    dataset = store.reader.client.get_dataset(done["id"])
    assert dataset.dataset.name == "proj" and dataset.dataset.description == "made by put"
    assert {path for path in without_link(store.reader.files(done["id"]))} == SENT - {"page"}
    again = store.json("put", tree, store.root)
    assert again["id"] == done["id"] and {row["action"] for row in again["items"]} <= {"unchanged", "left out"}
    refused = store.run("put", one, store.root, status=1)
    assert "beside the datasets" in refused.stderr


def test_below_a_mount(store: Store, tree: Path, mount, platform: Platform) -> None:
    mounted = mount(platform, "--dataset", store.dataset, "--attr-ttl", "0")
    place = mounted.path / store.name
    assert place.is_dir()
    store.run("put", tree / "readme.md", place)
    store.run("put", tree / "data", place / "tables")
    assert set(store.files()) >= {"readme.md", "tables/a.csv", "tables/deep/nul.txt"}


def test_into_a_folder(home: Home, tree: Path, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    home.datasetfs("put", tree, f"file:{folder}")
    there = {str(path.relative_to(folder / "proj")) for path in (folder / "proj").rglob("*") if path.is_file()}
    assert SENT - {"page"} <= there
    assert (folder / "proj/data/a.bin").read_bytes() == (tree / "data/a.bin").read_bytes()


def test_a_terminal_sees_how_far_it_is(store: Store, tree: Path, platform: Platform) -> None:
    (tree / "big.bin").write_bytes(bytes(30 << 20))
    platform.fault(path="/storage/parts/", method="PUT", delay_ms=900)
    master, slave = pty.openpty()
    command = [DATASETFS, "put", str(tree), store.at()]
    process = subprocess.Popen(command, env=store.home.environment, stdout=subprocess.DEVNULL, stderr=slave)
    os.close(slave)
    seen = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    os.close(master)
    assert process.wait(60) == 0
    assert b"files" in seen and b"MiB" in seen and "#".encode() in seen and b"\r\x1b[K" in seen


def test_one_at_a_time(store: Store, tree: Path, platform: Platform) -> None:
    (tree / "big.bin").write_bytes(bytes(12 << 20))
    platform.fault(path="/storage/parts/", method="PUT", delay_ms=3000)
    process = subprocess.Popen(
        [DATASETFS, "put", str(tree), store.at()], env=store.home.environment, stdout=subprocess.DEVNULL
    )
    ledgers = Path(store.home.environment["XDG_STATE_HOME"]) / "datasetfs/puts"
    assert eventually(lambda: any(ledgers.glob("*.jsonl")))
    assert ledgers.stat().st_mode & 0o077 == 0
    done = store.run("put", tree, store.at(), status=6)
    assert "running already" in done.stderr
    platform.heal()
    assert process.wait(60) == 0
    # What opens an upload is forgotten with it.
    assert all("http" not in line for path in ledgers.glob("*.jsonl") for line in path.read_text().splitlines())


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["put", "/nowhere", "edison:lab"], 1, "/nowhere"),
        (["put", "/etc/hostname", "nowhere/at/all"], 64, "edison:DATASET/PATH"),
        (["put", "/etc/hostname", "edison:x", "--as-collection"], 64, "is no directory"),
        (["put", "/etc/hostname", "memory:"], 64, "ends with its process"),
        (["put", "/etc/hostname", "edison:x", "--ignore-file", "a/b"], 64, "--ignore-file"),
    ],
)
def test_wrong_usage_is_explained(home: Home, words: list[str], status: int, said: str) -> None:
    assert said in home.datasetfs(*words, status=status).stderr


def test_wrong_key(platform: Platform, tmp_path: Path, tree: Path) -> None:
    home = Home(tmp_path / "other", key="wrong")
    done = home.datasetfs("put", tree, f"{platform.store}#lab/", status=2)
    assert "API key" in done.stderr and "wrong" not in done.stderr
