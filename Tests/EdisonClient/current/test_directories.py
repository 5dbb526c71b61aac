"""Directories: as one archive, and entry by entry."""

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    top = tmp_path / "project"
    (top / "sub" / "deep").mkdir(parents=True)
    (top / "a.txt").write_text("a\n")
    (top / "skip.log").write_text("log")
    (top / "sub" / "b.bin").write_bytes(bytes(range(256)) * 10)
    (top / "sub" / "deep" / "c.md").write_text("# c\n")
    return top


def files(top: Path) -> dict[str, bytes]:
    return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def check_collection(folder: Path, fetched: Path) -> None:
    expected = files(folder)
    del expected["skip.log"]
    assert files(fetched) == expected


def test_collection(alice, folder):
    stored = alice.store_file_content(name="c", file_path=folder, as_collection=True, ignore_patterns=["*.log"])
    assert (stored.data_storage.is_collection, stored.data_storage.file_path) == (True, "c.zip")

    check_collection(folder, alice.fetch_data_from_storage(stored.data_storage.id))


async def test_collection_async(alice, folder):
    stored = await alice.astore_file_content(name="c", file_path=folder, as_collection=True, ignore_patterns=["*.log"])

    check_collection(folder, await alice.afetch_data_from_storage(stored.data_storage.id))


def check_tree(entries, root_id, fetch, folder: Path) -> None:
    by_parent: dict = {}
    for entry in entries:
        by_parent.setdefault(entry.parent_id, []).append(entry)

    def walk(parent, prefix: str) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for entry in by_parent.get(parent, []):
            if entry.content is None and entry.file_path is None:
                found |= walk(entry.id, f"{prefix}{entry.name}/")
            else:
                data = fetch(entry.id)
                found[prefix + entry.name] = data.read_bytes() if isinstance(data, Path) else data.content.encode()
        return found

    expected = files(folder)
    del expected["skip.log"]
    assert walk(root_id, "") == expected


def test_hierarchy_with_manifest(alice, folder, tmp_path, monkeypatch):
    (tmp_path / "manifest.json").write_text('{"project": {"a.txt": "the first", "sub": {"b.bin": "bytes"}}}')
    monkeypatch.chdir(tmp_path)

    root = alice.store_file_content(
        name="tree", file_path=folder, manifest_filename="manifest.json", ignore_patterns=["*.log"]
    ).data_storage

    entries = alice.get_dataset(root.dataset_id).data_storage_entries
    assert {entry.name: entry.description for entry in entries}["a.txt"] == "the first"
    check_tree(entries, root.id, alice.fetch_data_from_storage, folder)


async def test_hierarchy_async(alice, folder):
    root = (await alice.astore_file_content(name="tree", file_path=folder, ignore_patterns=["*.log"])).data_storage

    answer = await alice.aget_dataset(root.dataset_id)

    check_tree(answer.data_storage_entries, root.id, alice.fetch_data_from_storage, folder)


def test_upload_file_gives_a_uri(alice, folder):
    uri = alice.upload_file(folder, name="d", description="e")

    assert uri.startswith("data_entry:")
    assert alice.get_data_storage_entry(uri.removeprefix("data_entry:")).data_storage.name == "d"
