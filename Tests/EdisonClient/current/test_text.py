"""Texts and small files, kept inline."""

from uuid import UUID

import pytest
from edison_client.clients.data_storage_methods import DataStorageNotFoundError, DataStorageValidationError


def test_text_comes_back(alice):
    stored = alice.store_text_content(name="a note", content="héllo\n", description="d", tags=["x"])
    assert stored.data_storage.status == "active"
    assert stored.storage_locations[0].storage_config.storage_type == "raw_content"

    fetched = alice.fetch_data_from_storage(stored.data_storage.id)

    assert (fetched.content, fetched.entry_name) == ("héllo\n", "a note")
    alice.delete_data_storage_entry(stored.data_storage.id)
    with pytest.raises(DataStorageNotFoundError, match="Data storage entry not found"):
        alice.get_data_storage_entry(stored.data_storage.id)


async def test_text_comes_back_async(alice):
    stored = await alice.astore_text_content(name="a note", content="", file_path="dir/note.txt")

    fetched = await alice.afetch_data_from_storage(stored.data_storage.id)

    assert (fetched.content, str(fetched.filename)) == ("", "dir/note.txt")
    status = await alice.aget_data_storage_status(stored.data_storage.id)
    assert status.status == "active"
    await alice.adelete_data_storage_entry(stored.data_storage.id)


def test_small_file_is_text(alice, tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,2\n")

    stored = alice.store_file_content(name="table", file_path=path, metadata={"source": "test"})

    assert stored.storage_locations[0].storage_config.metadata == {"source": "test", "size": 8}
    fetched = alice.fetch_data_from_storage(stored.data_storage.id)
    assert (fetched.content, fetched.filename) == ("a,b\n1,2\n", path)


def test_entry_is_found_by_its_alias(alice):
    stored = alice.store_text_content(name="n", content="c").data_storage

    assert alice.get_data_storage_entry(stored.short_alias).data_storage.id == stored.id


def test_tags_are_replaced(alice):
    stored = alice.store_text_content(name="n", content="c", tags=["a", "b"]).data_storage

    assert alice.update_entry_tags(stored.id, ["c"]).data_storage.tags == ["c"]


def test_nothing_there(alice):
    with pytest.raises(DataStorageNotFoundError):
        alice.get_data_storage_entry(UUID(int=1))


def test_empty_name_is_refused(alice):
    with pytest.raises(DataStorageValidationError):
        alice.store_text_content(name="", content="c")


def test_link(alice):
    stored = alice.store_link(name="l", url="https://example.org/x", description="d", instructions="read")

    assert stored.data_storage.content == "https://example.org/x"
    config = stored.storage_locations[0].storage_config
    assert (config.storage_type, config.location) == ("link", "https://example.org/x")
    assert config.metadata["instructions"] == "read"
