"""Versions of an entry."""

from uuid import uuid4

import pytest
from edison_client.clients.data_storage_methods import DataStorageConflictError
from edison_client.models.data_storage_methods import DataStorageRevisionUpdate


@pytest.fixture
def entry(alice):
    return alice.store_text_content(name="n", content="zero")


def update(entry, **members) -> DataStorageRevisionUpdate:
    return DataStorageRevisionUpdate(revision_id=uuid4(), base_revision_id=entry.current_revision_id, **members)


def test_new_content_is_a_new_version(alice, entry):
    identity = entry.data_storage.id

    after = alice.update_data_storage_entry(identity, update(entry, content="one", name="m", description="d"))

    assert (after.version, after.data_storage.content, after.data_storage.name) == (1, "one", "m")
    assert after.revision_id == after.current_revision_id
    assert after.revision_generation > entry.revision_generation
    assert alice.get_data_storage_entry(identity, version=0).data_storage.content == "zero"
    old = alice.get_data_storage_entry(identity, revision_id=entry.revision_id)
    assert (old.version, old.data_storage.name) == (0, "n")
    history = alice.list_data_storage_revisions(identity)
    assert sorted(revision.version for revision in history.revisions) == [0, 1]
    assert history.current_revision_id == after.revision_id


def test_stale_base_is_a_conflict(alice, entry):
    identity = entry.data_storage.id
    change = update(entry, content="one")
    alice.update_data_storage_entry(identity, change)

    assert alice.update_data_storage_entry(identity, change).version == 1
    with pytest.raises(DataStorageConflictError):
        alice.update_data_storage_entry(identity, update(entry, content="other"))


async def test_draft_is_published_later(alice, entry):
    identity = entry.data_storage.id
    draft = update(entry, content="draft", publish=False)

    await alice.aupdate_data_storage_entry(identity, draft)

    assert alice.get_data_storage_entry(identity).data_storage.content == "zero"
    assert len((await alice.alist_data_storage_revisions(identity)).revisions) == 1
    assert len((await alice.alist_data_storage_revisions(identity, include_unpublished=True)).revisions) == 2
    publish = DataStorageRevisionUpdate(revision_id=draft.revision_id, base_revision_id=draft.base_revision_id)
    published = await alice.aupdate_data_storage_entry(identity, publish)
    assert (published.data_storage.content, published.version) == ("draft", 1)


def test_file_takes_over_from_another_entry(alice, binary, tmp_path):
    other = tmp_path / "other.bin"
    other.write_bytes(b"\xff\x00new")
    file = alice.store_file_content(name="f", file_path=binary)
    source = alice.store_file_content(name="s", file_path=other).data_storage.id

    after = alice.update_data_storage_entry(file.data_storage.id, update(file, source_entry_id=source))
    alice.delete_data_storage_entry(source)

    assert after.version == 1
    assert alice.fetch_data_from_storage(file.data_storage.id).read_bytes() == b"\xff\x00new"
    before = alice.get_data_storage_entry(file.data_storage.id, version=0)
    assert before.data_storage.file_path == str(binary)
