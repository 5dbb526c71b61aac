"""What newer platforms answer to a registration."""

import pytest
from conftest import KEYS
from edison_client import EdisonClient
from edison_client.clients.data_storage_methods import DataStorageError
from edison_client.models.data_storage_methods import DataContentType, DataStorageLocationPayload, DataStorageType
from server import Server


def test_buckets_are_refused(tmp_path):
    server = Server(tmp_path, "--refuse-registration", "--api-key", KEYS["alice"])
    client = EdisonClient(service_uri=server.url, api_key=KEYS["alice"])
    place = DataStorageLocationPayload(
        storage_type=DataStorageType.GCS,
        content_type=DataContentType.FILE,
        metadata={"bucket_name": "b"},
        location="x",
    )

    with pytest.raises(DataStorageError, match="Registering existing GCS locations is not supported"):
        client.register_existing_data_source(name="r", existing_location=place)

    client.close()
    assert server.stop() == 0
