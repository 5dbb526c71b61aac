"""Datasets, workspaces, projects, and what a task made."""

from uuid import uuid4

import pytest
from edison_client.clients.data_storage_methods import DataStorageNotFoundError
from edison_client.clients.workspace_methods import WorkspaceNotFoundError


def test_dataset(alice):
    made = alice.create_dataset(name="set", description="d")
    assert alice.get_dataset(made.id).data_storage_entries == []
    names = ["b", "a", "c/d"]
    for name in names:
        alice.store_text_content(name=name, content=name, dataset_id=made.id)

    answer = alice.get_dataset(made.id)

    assert (answer.dataset.name, [entry.name for entry in answer.data_storage_entries]) == ("set", names)
    assert [entry.content for entry in answer.data_storage_entries] == names
    first = answer.data_storage_entries[0].id
    alice.delete_dataset(made.id)
    with pytest.raises(DataStorageNotFoundError, match="Dataset not found"):
        alice.get_dataset(made.id)
    with pytest.raises(DataStorageNotFoundError):
        alice.get_data_storage_entry(first)


async def test_dataset_async(alice):
    made = await alice.acreate_dataset(name="set", description="d")

    assert (await alice.aget_dataset(made.id)).dataset.description == "d"

    await alice.adelete_dataset(made.id)
    with pytest.raises(DataStorageNotFoundError):
        await alice.aget_dataset(made.id)


def test_unknown_dataset(alice):
    with pytest.raises(DataStorageNotFoundError, match="Dataset not found"):
        alice.store_text_content(name="n", content="c", dataset_id=uuid4())


def test_workspace(alice):
    made = alice.create_workspace(name="w", description="d", tags=["t"]).data_storage
    assert set(made.tags) == {"t", "workspace"}

    assert alice.update_workspace(made.id, name="v").data_storage.name == "v"

    alice.delete_workspace(made.id)
    with pytest.raises(WorkspaceNotFoundError):
        alice.get_workspace(made.id)


def test_project(alice):
    name = f"project {uuid4()}"
    made = alice.create_project(name=name)

    assert str(alice.get_project_by_name(name)) == str(made)


def test_provenance(server, alice):
    task = str(uuid4())
    server.admin("POST", "entries", {"name": "made", "content": "c", "trajectory_id": task, "user": "alice"})

    answer = alice.list_files(task)

    assert [row["data_storage"]["name"] for row in answer["data"]] == ["made"]
