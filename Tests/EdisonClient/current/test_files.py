"""Files behind signed URLs."""

import hashlib
from pathlib import Path

import httpx
import pytest
from edison_client.clients.data_storage_methods import DataStorageError


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_binary_comes_back(alice, binary):
    stored = alice.store_file_content(name="big", file_path=binary)
    assert stored.data_storage.status == "active"

    fetched = alice.fetch_data_from_storage(stored.data_storage.id)

    assert (fetched.name, digest(fetched)) == (binary.name, digest(binary))


async def test_binary_comes_back_async(alice, binary):
    stored = await alice.astore_file_content(name="big", file_path=binary)

    fetched = await alice.afetch_data_from_storage(stored.data_storage.id)

    assert digest(fetched) == digest(binary)


def test_empty_file(alice, tmp_path):
    path = tmp_path / "empty.bin"
    path.touch()
    stored = alice.store_file_content(name="empty", file_path=path)

    assert alice.fetch_data_from_storage(stored.data_storage.id).read_bytes() == b""


def test_name_of_a_download(alice, tmp_path):
    path = tmp_path / "x.bin"
    path.write_bytes(b"\x00\xff")
    stored = alice.store_file_content(name="x", file_path=path, file_path_override='dir/na"me é.bin')

    assert alice.fetch_data_from_storage(stored.data_storage.id).name == "na_me _.bin"


def test_signed_url(alice, binary):
    url = alice.store_file_content(name="big", file_path=binary).storage_locations[0].storage_config.signed_url
    content = binary.read_bytes()

    part = httpx.get(url, headers={"Range": "bytes=10-19"})
    tail = httpx.get(url, headers={"Range": "bytes=-7"})
    beyond = httpx.get(url, headers={"Range": f"bytes={len(content)}-"})

    assert (part.status_code, part.content) == (206, content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(content)}"
    assert tail.content == content[-7:]
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(content)}")
    assert httpx.head(url).status_code == 403
    assert httpx.get(url, headers={"Authorization": "Bearer x"}).status_code == 400
    assert httpx.get(url.replace("Signature=", "Signature=0")).status_code == 403


def test_interrupted_download_is_resumed(server, alice, binary):
    stored = alice.store_file_content(name="big", file_path=binary)
    server.admin("POST", "faults", {"method": "GET", "path": "^/storage/objects", "count": 1, "truncate_at": 3_000_000})

    fetched = alice.fetch_data_from_storage(stored.data_storage.id)

    server.admin("DELETE", "faults")
    assert digest(fetched) == digest(binary)


def test_unavailable_is_tried_again(server, alice):
    server.admin("POST", "faults", {"method": "POST", "path": "data-entries$", "count": 1, "status": 503})

    stored = alice.store_text_content(name="n", content="c")

    server.admin("DELETE", "faults")
    assert stored.data_storage.status == "active"


def test_unfinished_upload_cannot_be_read(server, alice):
    headers = server.bearer("key-a")
    base = f"{server.url}/v0.1/data-storage/data-entries"
    entry = httpx.post(base, headers=headers, json={"name": "n", "file_path": "f.bin"}).json()["data_storage"]
    assert entry["status"] == "pending"

    with pytest.raises(DataStorageError, match="404"):
        alice.fetch_data_from_storage(entry["id"])
    early = httpx.patch(f"{base}/{entry['id']}", headers=headers, json={"status": "active"})
    assert early.status_code == 400
