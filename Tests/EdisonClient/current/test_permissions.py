"""Who sees what, and who may change it."""

import httpx
import pytest
from edison_client.clients.data_storage_methods import (
    DataStorageError,
    DataStorageNotFoundError,
    DataStoragePermissionError,
)
from edison_client.models.data_storage_methods import PermittedAccessors, ShareStatus
from edison_client.models.rest import SearchCriterion, SearchOperator

NOBODY = PermittedAccessors(users=[], organizations=[])


@pytest.fixture
def entry(alice):
    return alice.store_text_content(name="private thing", content="secret").data_storage


def test_private_entry_of_another_does_not_exist(bob, entry):
    with pytest.raises(DataStorageNotFoundError, match="Data storage entry not found"):
        bob.fetch_data_from_storage(entry.id)
    with pytest.raises(DataStorageNotFoundError):
        bob.update_entry_tags(entry.id, ["mine"])


def test_public_entry_is_read_but_not_changed(alice, bob, entry):
    alice.update_entry_permissions(entry.id, ShareStatus.PUBLIC, NOBODY)

    assert bob.fetch_data_from_storage(entry.id).content == "secret"
    with pytest.raises(DataStoragePermissionError):
        bob.update_entry_tags(entry.id, ["mine"])
    bob.delete_data_storage_entry(entry.id)
    assert alice.get_data_storage_entry(entry.id).data_storage.share_status == ShareStatus.PUBLIC
    criteria = [SearchCriterion(field="id", operator=SearchOperator.EQUALS, value=str(entry.id))]
    assert len(bob.search_data_storage(criteria=criteria)) == 1


async def test_shared_entry_is_for_those_named(alice, bob, entry):
    await alice.aupdate_entry_permissions(entry.id, ShareStatus.SHARED, NOBODY)
    with pytest.raises(DataStorageError, match="not found"):
        await bob.afetch_data_from_storage(entry.id)

    named = PermittedAccessors(users=["bob@example.org"], organizations=[])
    await alice.aupdate_entry_permissions(entry.id, ShareStatus.SHARED, named)

    assert (await bob.afetch_data_from_storage(entry.id)).content == "secret"


def test_foreign_dataset_does_not_take_entries(alice, bob):
    dataset = alice.create_dataset(name="mine").id

    with pytest.raises(DataStoragePermissionError):
        bob.store_text_content(name="n", content="c", dataset_id=dataset)


def test_unknown_key(server):
    answer = httpx.post(f"{server.url}/auth/login", json={"api_key": "wrong"})

    assert answer.status_code == 401


def test_credentials_are_checked(server):
    entries = f"{server.url}/v0.1/data-storage/data-entries/x"

    assert httpx.get(entries).status_code == 401
    assert httpx.get(f"{server.url}/v0.1/organizations", headers=server.bearer("key-a")).json()[0]["name"] == "local"
