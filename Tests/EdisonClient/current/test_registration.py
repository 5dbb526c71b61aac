"""Data that already exists elsewhere."""

import json
from uuid import uuid4

import pytest
from edison_client.clients.data_storage_methods import DataStorageError, DataStorageValidationError
from edison_client.models.data_storage_methods import DataContentType, DataStorageLocationPayload, DataStorageType


def register(client, kind, content, metadata, location=None):
    place = DataStorageLocationPayload(storage_type=kind, content_type=content, metadata=metadata, location=location)
    return client.register_existing_data_source(name="r", existing_location=place, description="d")


@pytest.fixture
def bucket(server):
    folder = server.root / "buckets" / "lab"
    (folder / "runs" / "1").mkdir(parents=True, exist_ok=True)
    (folder / "runs" / "1" / "a.bin").write_bytes(b"\x00a")
    (folder / "runs" / "2.bin").write_bytes(b"\x00two")
    (folder / "single.bin").write_bytes(b"\x00single")
    return "lab"


def test_one_object(alice, bucket):
    metadata = {"bucket_name": bucket, "prefix": "single.bin"}
    stored = register(alice, DataStorageType.GCS, DataContentType.FILE, metadata)

    assert len(stored.storage_locations) == 1
    assert not stored.data_storage.is_collection
    assert alice.fetch_data_from_storage(stored.data_storage.id).read_bytes() == b"\x00single"


def test_many_objects(alice, bucket):
    stored = register(alice, DataStorageType.GCS, DataContentType.DIRECTORY, {"bucket_name": bucket, "prefix": "runs/"})

    assert stored.data_storage.is_collection
    paths = [location.storage_config.location for location in stored.storage_locations]
    assert paths == ["runs/1/a.bin", "runs/2.bin"]
    fetched = alice.fetch_data_from_storage(stored.data_storage.id)
    assert [path.read_bytes() for path in fetched] == [b"\x00a", b"\x00two"]


def test_database_row(server, alice):
    row = str(uuid4())
    server.admin("POST", "trajectories", {"id": row, "data": {"answer": 42}})

    stored = register(alice, DataStorageType.PG_TABLE, DataContentType.TEXT, {"table_name": "trajectories", "row_id": row})

    content = json.loads(alice.fetch_data_from_storage(stored.data_storage.id).content)
    assert (content["id"], content["answer"]) == (row, 42)


async def test_bigquery(alice):
    metadata = {"project_id": "bigquery-public-data", "dataset_id": "samples", "table_id": "shakespeare"}
    place = DataStorageLocationPayload(
        storage_type=DataStorageType.BIGQUERY, content_type=DataContentType.BQ_TABLE, metadata=metadata
    )

    stored = await alice.aregister_existing_data_source(name="r", existing_location=place)

    assert stored.storage_locations[0].storage_config.metadata == metadata
    with pytest.raises(DataStorageError, match="Unsupported storage type"):
        await alice.afetch_data_from_storage(stored.data_storage.id)


def test_incomplete_description_is_refused(alice):
    with pytest.raises(DataStorageValidationError, match="table_id"):
        register(alice, DataStorageType.BIGQUERY, DataContentType.BQ_TABLE, {"project_id": "p", "dataset_id": "d"})
    with pytest.raises(DataStorageValidationError, match="bucket_name"):
        register(alice, DataStorageType.GCS, DataContentType.FILE, {"prefix": "x"})
