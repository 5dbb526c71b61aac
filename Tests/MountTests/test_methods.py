"""Each row of Methods.md: what the platform's client does by a call, done here by mount and by command."""

from __future__ import annotations

import json
import os
import re
import shutil
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.mounting import Mount
from harness.platform import Platform
from harness.process import run
from harness.reader import Reader
from harness.store import Store

TABLE = Path(__file__).parents[2] / "Sources/datasetfs/Documentation.docc/Methods.md"
ROWS = [
    line.split("|")[1].strip()
    for line in TABLE.read_text().splitlines()
    if line.startswith("| ") and not line.startswith("| method or option")
]
TESTS: dict[str, Callable] = {}
TEXT = "kept as text\nüber zwei Zeilen\n"
BINARY = bytes(range(256)) * 5000


def row(name: str) -> Callable:
    """This function runs the row that begins so."""

    def take(function: Callable) -> Callable:
        assert name in ROWS, f"Methods.md has no row {name}"
        assert name not in TESTS
        TESTS[name] = function
        return function

    return take


class Lab(Store):
    """A dataset, mounted and not."""

    def __init__(self, mount: Mount, platform: Platform, reader: Reader) -> None:
        super().__init__(mount.home, platform, reader)
        self.mount = mount
        # A directory by the dataset's id, which no listing need show.
        self.path = mount.path / self.dataset
        assert self.path.is_dir()

    def sent(self, path: str = "") -> dict[str, bytes]:
        """What the client finds."""
        return self.files()

    def make(self, name: str, content: str | bytes) -> Path:
        path = self.mount.home.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def about(self, path: str):
        return self.entry(path).data_storage

    def refresh(self) -> None:
        """The mount asks the platform anew."""
        os.listdir(self.path)


@pytest.fixture(scope="module")
def client(platform: Platform):
    made = Reader(platform)
    yield made
    made.close()


@pytest.fixture
def lab(mount, platform: Platform, client: Reader) -> Lab:
    return Lab(mount(platform, "--attr-ttl", "0"), platform, client)


@pytest.mark.parametrize("name", ROWS)
def test_row(lab: Lab, name: str, tmp_path: Path) -> None:
    TESTS[name](lab, tmp_path)


def test_every_row_is_run() -> None:
    assert list(TESTS) == ROWS


# Text and files


@row("`store_text_content(name, content)`")
def text(lab: Lab, _: Path) -> None:
    run("bash", "-c", f"printf '%s' \"$1\" > '{lab.path}/note.txt'", "-", TEXT)
    lab.run("put", lab.make("other.txt", TEXT), lab.at())
    assert lab.sent() == {"note.txt": TEXT.encode(), "other.txt": TEXT.encode()}
    for name in ("note.txt", "other.txt"):
        assert lab.entry(name).storage_locations[0].storage_config.storage_type == "raw_content"


@row("`store_text_content(description)`")
def text_description(lab: Lab, _: Path) -> None:
    (lab.path / "note.txt").write_text(TEXT)
    run("setfattr", "-n", "user.description", "-v", "Sample text", lab.path / "note.txt")
    lab.run("put", lab.make("other.txt", TEXT), lab.at(), "--description", "Sample text")
    lab.mount.sync()
    assert lab.about("note.txt").description == lab.about("other.txt").description == "Sample text"
    lab.run("describe", lab.at("other.txt"), "Another")
    assert lab.about("other.txt").description == "Another"


@row("`store_text_content(project_id)`")
def text_project(lab: Lab, _: Path) -> None:
    project = str(uuid.uuid4())
    lab.run("put", lab.make("note.txt", TEXT), lab.at(), "--project", project)
    assert str(lab.about("note.txt").project_id) == project


@row("`store_text_content(dataset_id)`")
def text_dataset(lab: Lab, _: Path) -> None:
    (lab.mount.path / lab.dataset / "note.txt").write_text(TEXT)
    lab.run("put", lab.make("other.txt", TEXT), lab.at() + "/")
    assert {str(lab.about(name).dataset_id) for name in lab.sent()} == {lab.dataset}


@row("`store_text_content()` without a dataset")
def text_without_dataset(lab: Lab, _: Path) -> None:
    name = f"new-{uuid.uuid4().hex[:8]}"
    (lab.mount.path / name).mkdir()
    (lab.mount.path / name / "note.txt").write_text(TEXT)
    lab.mount.sync()
    identity = os.getxattr(lab.mount.path / name, "user.datasetfs.id").decode()
    assert lab.reader.files(identity) == {"note.txt": TEXT.encode()}
    note = lab.make("note.txt", TEXT)
    done = lab.json("put", "--parents", note, f"{lab.root}#other-{name}/")
    made = str(lab.reader.client.get_data_storage_entry(done["id"]).data_storage.dataset_id)
    assert lab.reader.client.get_dataset(made).dataset.name == f"other-{name}"


@row("`store_file_content(file_path)`, small text")
def small_file(lab: Lab, _: Path) -> None:
    data = lab.make("data.csv", "a,b\r\n1,2\r\n")
    run("cp", data, lab.path)
    lab.run("put", data, lab.at("put.csv"))
    assert lab.sent() == {"data.csv": b"a,b\r\n1,2\r\n", "put.csv": b"a,b\r\n1,2\r\n"}
    assert lab.about("data.csv").content == lab.about("put.csv").content == "a,b\r\n1,2\r\n"


@row("`store_file_content(file_path)`, large or binary")
def large_file(lab: Lab, _: Path) -> None:
    model = lab.make("model.pkl", BINARY)
    large = lab.make("large.csv", b"0123456789\n" * (1 << 20))
    for path in (model, large):
        run("cp", path, lab.path)
        lab.run("put", path, lab.at(f"put-{path.name}"))
    found = lab.sent()
    for path in (model, large):
        assert found[path.name] == found[f"put-{path.name}"] == path.read_bytes()
        for name in (path.name, f"put-{path.name}"):
            assert lab.entry(name).storage_locations[0].storage_config.storage_type == "gcs"
            assert lab.about(name).status == "active"


@row("`store_file_content(name)`")
def file_name(lab: Lab, _: Path) -> None:
    data = lab.make("data.csv", "a\n")
    run("cp", data, lab.path / "training.csv")
    assert lab.about("training.csv").name == "training.csv"
    lab.run("put", data, lab.at("named/"), "--name", "training", "--parents")
    assert lab.about("named/training.csv").name == "training"


@row("`store_file_content(description)`")
def file_description(lab: Lab, _: Path) -> None:
    (lab.path / "a.csv").write_text("a\n")
    run("setfattr", "-n", "user.description", "-v", "Points", lab.path / "a.csv")
    lab.run("put", lab.make("b.bin", BINARY), lab.at(), "--description", "Points")
    lab.mount.sync()
    assert lab.about("a.csv").description == lab.about("b.bin").description == "Points"


@row("progress bar and resumed upload")
def progress(lab: Lab, _: Path) -> None:
    # The bar itself and killed uploads are tests of their own (test_put.py, test_crashes.py).
    (lab.path / "a.bin").write_bytes(BINARY)
    assert "left" in lab.mount.home.datasetfs("status").stdout or lab.mount.pending == 0
    path = lab.make("b.bin", BINARY)
    first = lab.json("put", path, lab.at())
    again = lab.json("put", path, lab.at())
    assert (first["items"][0]["action"], again["items"][0]["action"]) == ("create", "unchanged")
    assert lab.sent() == {"a.bin": BINARY, "b.bin": BINARY}


@row("tags")
def tags(lab: Lab, _: Path) -> None:
    (lab.path / "a.csv").write_text("a\n")
    run("setfattr", "-n", "user.tags", "-v", "raw,2026", lab.path / "a.csv")
    lab.run("put", lab.make("b.csv", "b\n"), lab.at(), "--tag", "raw")
    lab.run("tag", lab.at("b.csv"), "--add", "2026")
    lab.mount.sync()
    assert lab.about("a.csv").tags == lab.about("b.csv").tags == ["raw", "2026"]


# Directories


def project(lab: Lab) -> Path:
    top = lab.mount.home.folder / "project"
    (top / "src/deep").mkdir(parents=True)
    (top / "README.md").write_text("read me")
    (top / "src/main.py").write_text("print()\n")
    (top / "src/deep/data.bin").write_bytes(BINARY)
    (top / "src/module.pyc").write_bytes(b"\0")
    (top / "run.log").write_text("log")
    return top


PROJECT = {"README.md": b"read me", "src/main.py": b"print()\n", "src/deep/data.bin": BINARY, "run.log": b"log"}


def under(files: dict[str, bytes], top: str) -> dict[str, bytes]:
    return {path.removeprefix(top + "/"): data for path, data in files.items() if path.startswith(top + "/")}


@row("`store_file_content(as_collection=True)`")
def collection(lab: Lab, _: Path) -> None:
    done = lab.json("put", "--as-collection", project(lab), lab.at())
    told = lab.reader.client.get_data_storage_entry(done["id"]).data_storage
    assert told.is_collection and told.name == "project" and told.file_path == "project.zip"
    fetched = lab.reader.client.fetch_data_from_storage(done["id"])
    found = {str(path.relative_to(fetched)): path.read_bytes() for path in fetched.rglob("*") if path.is_file()}
    assert found == PROJECT
    shutil.rmtree(fetched)


@row("`store_file_content(as_collection=False)`")
def hierarchical(lab: Lab, _: Path) -> None:
    top = project(lab)
    run("cp", "-r", top, lab.path / "copied")
    lab.run("put", top, lab.at())
    lab.mount.sync()
    files = lab.sent()
    assert under(files, "copied") == under(files, "project") == PROJECT
    assert lab.reader.directories(lab.dataset) >= {"project", "project/src", "project/src/deep", "copied/src/deep"}


@row("`store_file_content(ignore_patterns)`")
def ignored(lab: Lab, tmp_path: Path) -> None:
    top = project(lab)
    lab.run("put", top, lab.at(), "--ignore", "*.log", "--ignore", "deep/")
    assert set(under(lab.sent(), "project")) == {"README.md", "src/main.py"}
    place = tmp_path / "second"
    place.mkdir()
    second = Mount(lab.home.__class__(tmp_path / "second-home"), lab.platform.store, place)
    try:
        second.make("--ignore", "*.log")
        target = second.path / lab.dataset / "mounted"
        target.mkdir()
        (target / "run.log").write_text("stays here")
        (target / "a.txt").write_text("a")
        second.sync()
        assert set(under(lab.sent(), "mounted")) == {"a.txt"}
    finally:
        second.clean_up()


@row("`store_file_content(ignore_filename)`")
def ignore_file(lab: Lab, _: Path) -> None:
    top = project(lab)
    (top / ".skip").write_text("*.log\n")
    (top / "src/.skip").write_text("deep/\n")
    lab.run("put", top, lab.at(), "--ignore-file", ".skip")
    assert set(under(lab.sent(), "project")) == {".skip", "README.md", "src/.skip", "src/main.py"}


@row("`store_file_content(manifest_filename)`")
def manifest(lab: Lab, _: Path) -> None:
    nested = {
        "project": {
            "description": "Main project directory",
            "entries": {
                "README.md": "Start here",
                "src/": {"description": "Source code", "entries": {"main.py": "Entry point"}},
            },
        }
    }
    path = lab.make("manifest.json", json.dumps(nested))
    top = project(lab)
    lab.run("put", top, lab.at(), "--manifest", path)
    run("cp", "-r", top, lab.path / "copied")
    inner = lab.make("inner.json", json.dumps(nested["project"]))
    run("cp", inner, lab.path / "copied/.datasetfs/manifest.json")
    lab.mount.sync()
    about = {entry.path: entry.raw.description for entry in lab.reader.entries(lab.dataset)}
    assert about["project"] == "Main project directory"
    for name in ("project", "copied"):
        assert about[f"{name}/README.md"] == "Start here"
        assert about[f"{name}/src/main.py"] == "Entry point"
    assert about["project/src"] == "Source code"


# Data that lies elsewhere


def bucket(lab: Lab) -> str:
    name = f"bucket-{uuid.uuid4().hex[:8]}"
    folder = lab.platform.root / "buckets" / name / "data/raw"
    folder.mkdir(parents=True)
    (folder / "1.bin").write_bytes(b"\0one")
    (folder / "2.bin").write_bytes(b"\0two")
    return name


def fetched(lab: Lab, identity: str) -> list[bytes]:
    paths = lab.reader.client.fetch_data_from_storage(identity)
    return [path.read_bytes() for path in paths] if isinstance(paths, list) else [paths.read_bytes()]


@row("`register_existing_data_source()`, one object")
def one_object(lab: Lab, _: Path) -> None:
    done = lab.run("register", "gcs", f"gs://{bucket(lab)}/data/raw/1.bin", lab.at("one.bin"))
    assert fetched(lab, done.stdout.strip()) == [b"\0one"]


@row("`register_existing_data_source()`, a prefix")
def prefix(lab: Lab, _: Path) -> None:
    done = lab.run("register", "gcs", f"gs://{bucket(lab)}/data/raw/", lab.at("raw"))
    assert fetched(lab, done.stdout.strip()) == [b"\0one", b"\0two"]


@row("`register_existing_data_source()`, a whole bucket")
def whole_bucket(lab: Lab, _: Path) -> None:
    done = lab.run("register", "gcs", f"gs://{bucket(lab)}", lab.at("all"))
    assert fetched(lab, done.stdout.strip()) == [b"\0one", b"\0two"]


def trajectory(lab: Lab) -> str:
    identity = str(uuid.uuid4())
    lab.platform.admin("POST", "trajectories", {"id": identity, "data": {"answer": 42}})
    return identity


@row("`register_existing_data_source()`, Postgres")
def postgres(lab: Lab, _: Path) -> None:
    done = lab.run("register", "pg", "trajectories", trajectory(lab), lab.at("finch"))
    content = lab.reader.client.fetch_data_from_storage(done.stdout.strip()).content
    assert json.loads(content)["answer"] == 42


@row("`register_existing_data_source()`, BigQuery")
def bigquery(lab: Lab, _: Path) -> None:
    done = lab.run("register", "bigquery", "bigquery-public-data.samples.shakespeare", lab.at("plays"))
    (place,) = lab.reader.client.get_data_storage_entry(done.stdout.strip()).storage_locations
    assert place.storage_config.metadata == {
        "project_id": "bigquery-public-data", "dataset_id": "samples", "table_id": "shakespeare",
    }  # fmt: skip


@row("`register_existing_data_source(description, project_id)`")
def registration_facts(lab: Lab, _: Path) -> None:
    project_id = str(uuid.uuid4())
    words = ("--description", "elsewhere", "--project", project_id)
    done = lab.run("register", "gcs", f"gs://{bucket(lab)}/data", lab.at("raw"), *words)
    told = lab.reader.client.get_data_storage_entry(done.stdout.strip()).data_storage
    assert (told.description, str(told.project_id)) == ("elsewhere", project_id)


# Reading


@row("`fetch_data_from_storage()`, text")
def fetch_text(lab: Lab, _: Path) -> None:
    lab.reader.client.store_text_content(name="note.txt", content=TEXT, dataset_id=uuid.UUID(lab.dataset))
    assert run("cat", lab.path / "note.txt").stdout == TEXT
    assert lab.run("versions", lab.at("note.txt"), "--read", "0").stdout == TEXT


@row("`fetch_data_from_storage()`, file")
def fetch_file(lab: Lab, tmp_path: Path) -> None:
    model = lab.make("model.pkl", BINARY)
    lab.reader.client.store_file_content(name="model.pkl", file_path=model, dataset_id=uuid.UUID(lab.dataset))
    run("cp", lab.path / "model.pkl", tmp_path)
    assert (tmp_path / "model.pkl").read_bytes() == BINARY
    assert lab.run("versions", lab.at("model.pkl"), "--read", "0", text=False).stdout == BINARY


@row("`fetch_data_from_storage()`, collection")
def fetch_collection(lab: Lab, tmp_path: Path) -> None:
    lab.reader.client.store_file_content(
        name="project", file_path=project(lab), as_collection=True, dataset_id=uuid.UUID(lab.dataset)
    )
    lab.refresh()
    (name,) = os.listdir(lab.path)
    run("cp", "-r", lab.path / name, tmp_path / "copy")
    copy = tmp_path / "copy"
    if copy.is_file():
        with zipfile.ZipFile(copy) as archive:
            archive.extractall(tmp_path / "unpacked")
        copy = tmp_path / "unpacked"
    assert {str(path.relative_to(copy)): path.read_bytes() for path in copy.rglob("*") if path.is_file()} == PROJECT


@row("`fetch_data_from_storage()`, several objects")
def fetch_objects(lab: Lab, tmp_path: Path) -> None:
    lab.run("register", "gcs", f"gs://{bucket(lab)}/data/raw/", lab.at("raw"))
    lab.refresh()
    run("cp", "-r", lab.path / "raw", tmp_path)
    assert sorted(path.read_bytes() for path in (tmp_path / "raw").rglob("*") if path.is_file()) == [b"\0one", b"\0two"]


@row("`fetch_data_from_storage()`, Postgres")
def fetch_row(lab: Lab, _: Path) -> None:
    identity = lab.run("register", "pg", "trajectories", trajectory(lab), lab.at("finch")).stdout.strip()
    lab.refresh()
    (name,) = os.listdir(lab.path)
    text = run("cat", lab.path / name).stdout
    assert text == lab.reader.client.fetch_data_from_storage(identity).content and json.loads(text)["answer"] == 42


@row("`fetch_data_from_storage()`, BigQuery")
def fetch_table(lab: Lab, _: Path) -> None:
    lab.run("register", "bigquery", "p.d.t", lab.at("plays"))
    lab.refresh()
    facts = json.loads(run("cat", lab.path / "plays.bigquery.json").stdout)
    assert facts["locations"][0]["metadata"] == {"project_id": "p", "dataset_id": "d", "table_id": "t"}
    (shown,) = lab.json("entry", "show", lab.at("plays.bigquery.json"))
    assert shown["storage_type"] == "bigquery" and shown["metadata"]["table_id"] == "t"


# Datasets and entries


@row("`acreate_dataset(name)`")
def create_dataset(lab: Lab, _: Path) -> None:
    name = f"made-{uuid.uuid4().hex[:8]}"
    (lab.mount.path / name).mkdir()
    lab.mount.sync()
    identity = os.getxattr(lab.mount.path / name, "user.datasetfs.id").decode()
    other = lab.run("dataset", "create", lab.root, name).stdout.strip()
    for each in (identity, other):
        assert lab.reader.client.get_dataset(each).dataset.name == name


@row("`acreate_dataset(description)`")
def create_described_dataset(lab: Lab, _: Path) -> None:
    made = lab.run("dataset", "create", lab.root, "ml", "--description", "Experiments").stdout.strip()
    assert lab.reader.client.get_dataset(made).dataset.description == "Experiments"


@row("`acreate_dataset(dataset_id)`")
def create_dataset_with_id(lab: Lab, _: Path) -> None:
    chosen = str(uuid.uuid4())
    assert lab.run("dataset", "create", lab.root, "ml", "--id", chosen).stdout.strip() == chosen
    assert str(lab.reader.client.get_dataset(chosen).dataset.id) == chosen


@row("`acreate_dataset(user_id)`")
def create_dataset_of_user(lab: Lab, _: Path) -> None:
    made = lab.run("dataset", "create", lab.root, "ml").stdout.strip()
    mine = lab.reader.client.get_dataset(lab.dataset).dataset
    assert lab.reader.client.get_dataset(made).dataset.user_id == mine.user_id


@row("`aget_dataset()`")
def get_dataset(lab: Lab, _: Path) -> None:
    lab.platform.entry(name="a.csv", content="a\n", dataset_id=lab.dataset, description="Points")
    lab.refresh()
    assert "a.csv" in run("ls", "-l", lab.path).stdout
    told = run("getfattr", "--only-values", "-n", "user.description", lab.path).stdout
    assert told == "for a test"
    shown = lab.json("dataset", "show", lab.at())
    client = lab.reader.client.get_dataset(lab.dataset)
    assert shown["dataset"]["name"] == client.dataset.name
    assert [entry["description"] for entry in shown["entries"]] == ["Points"]
    assert [entry["id"] for entry in shown["entries"]] == [str(each.id) for each in client.data_storage_entries]


@row("`adelete_dataset()`")
def delete_dataset(lab: Lab, _: Path) -> None:
    for way in ("mount", "command"):
        made = lab.platform.dataset(f"gone-{way}")
        lab.platform.entry(name="a.csv", content="a\n", dataset_id=made)
        if way == "mount":
            run("rm", "-r", lab.mount.path / made)
            lab.mount.sync()
        else:
            lab.run("dataset", "delete", "--recursive", f"{lab.root}#{made}")
        with pytest.raises(Exception, match="404|not found"):
            lab.reader.client.get_dataset(made)


@row("`adelete_data_storage_entry()`")
def delete_entry(lab: Lab, _: Path) -> None:
    for name in ("a.csv", "b.csv"):
        lab.platform.entry(name=name, content="a\n", dataset_id=lab.dataset)
    lab.refresh()
    run("rm", lab.path / "a.csv")
    lab.run("entry", "delete", lab.at("b.csv"))
    lab.mount.sync()
    assert lab.sent() == {}


@row("update of a content")
def update(lab: Lab, _: Path) -> None:
    lab.platform.entry(name="note.txt", content="one\n", dataset_id=lab.dataset)
    lab.refresh()
    run("bash", "-c", f"echo more >> '{lab.path}/note.txt'")
    assert lab.sent() == {"note.txt": b"one\nmore\n"}
    lab.run("put", lab.make("note.txt", "new\n"), lab.at("note.txt"))
    assert lab.sent() == {"note.txt": b"new\n"}
    assert lab.reader.revisions(lab.dataset, "note.txt") == 3


@row("search")
def search(lab: Lab, _: Path) -> None:
    word = f"word{uuid.uuid4().hex[:8]}"
    lab.platform.entry(name="a.csv", content=f"{word} here", dataset_id=lab.dataset)
    lab.platform.entry(name="b.txt", content=f"{word} there", dataset_id=lab.dataset)
    found = lab.json("search", lab.root, word, "--where", "name ends_with .csv")
    theirs = lab.reader.client.search_data_storage(
        criteria=[{"field": "name", "operator": "ends_with", "value": ".csv"}], text_query=word, filter_logic="AND"
    )
    assert [hit["id"] for hit in found] == [hit["id"] for hit in theirs]
    assert [hit["name"] for hit in found] == ["a.csv"]
    assert len(os.listdir(lab.mount.path / ".datasetfs/search" / word)) == 2


@row("403, 404 and 422")
def refusals(lab: Lab, _: Path) -> None:
    lab.platform.fault(path="/v0.1/data-storage/", method="POST", status=403, body={"detail": "Not enough permissions"})
    with pytest.raises(PermissionError):
        (lab.path / "a.txt").write_text("a")
    assert "403" in lab.mount.why(lab.path / "a.txt")
    refused = lab.run("put", lab.make("b.txt", "b"), lab.at(), status=1)
    assert "Not enough permissions" in refused.stderr
    lab.platform.heal()
    lab.run("dataset", "show", f"{lab.root}#{uuid.uuid4()}", status=1)
    assert re.search("empty name|name", lab.run("dataset", "create", lab.root, "", status=1).stderr)
