"""The last client that uploads by a resumable session."""

import hashlib
from pathlib import Path

import httpx
import pytest


@pytest.fixture(scope="session")
def more_arguments() -> list[str]:
    """This client's async downloads send the login along with signed URLs."""
    return ["--bearer-with-signature"]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_binary_comes_back(server, alice, binary):
    stored = alice.store_file_content(name="big", file_path=binary)
    assert stored.data_storage.status == "active"

    assert digest(alice.fetch_data_from_storage(stored.data_storage.id)) == digest(binary)
    routes = server.admin("GET", "requests")["requests"]
    assert routes["PUT /storage/sessions/{id}"] >= 4


async def test_binary_comes_back_async(alice, binary):
    stored = await alice.astore_file_content(name="big", file_path=binary)

    assert digest(await alice.afetch_data_from_storage(stored.data_storage.id)) == digest(binary)


def test_chunk_is_sent_again_after_an_error(server, alice, binary):
    server.admin("POST", "faults", {"method": "PUT", "path": "/storage/sessions/", "skip": 1, "count": 1, "status": 503})

    stored = alice.store_file_content(name="big", file_path=binary)

    server.admin("DELETE", "faults")
    assert digest(alice.fetch_data_from_storage(stored.data_storage.id)) == digest(binary)


def test_text_and_collection(alice, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    (folder / "b.bin").write_bytes(b"\x00b")
    text = alice.store_text_content(name="t", content="text").data_storage.id
    assert alice.fetch_data_from_storage(text).content == "text"

    stored = alice.store_file_content(name="c", file_path=folder, as_collection=True)

    fetched = alice.fetch_data_from_storage(stored.data_storage.id)
    assert (fetched / "b.bin").read_bytes() == b"\x00b"


def test_dataset_and_delete(alice):
    dataset = alice.create_dataset(name="d", description="e")
    entry = alice.store_text_content(name="t", content="text", dataset_id=dataset.id).data_storage.id

    assert [row.id for row in alice.get_dataset(dataset.id).data_storage_entries] == [entry]
    alice.delete_data_storage_entry(entry)
    assert alice.get_dataset(dataset.id).data_storage_entries == []


def test_session_by_hand(server):
    headers = server.bearer("key-a")
    base = f"{server.url}/v0.1/data-storage/data-entries"
    entry = httpx.post(base, headers=headers, json={"name": "n", "file_path": "f.bin"}).json()
    url = entry["storage_locations"][0]["storage_config"]["signed_url"]
    started = httpx.post(url, headers={"x-goog-resumable": "start"})
    assert started.status_code == 201
    session = started.headers["location"]
    piece = 256 * 1024
    total = 2 * piece + 5

    first = httpx.put(session, content=b"a" * (piece + 10), headers={"Content-Range": f"bytes 0-{piece + 9}/{total}"})
    asked = httpx.put(session, headers={"Content-Range": f"bytes */{total}"})
    last = httpx.put(
        session, content=b"b" * (piece + 5), headers={"Content-Range": f"bytes {piece}-{total - 1}/{total}"}
    )

    assert [answer.status_code for answer in (first, asked, last)] == [308, 308, 200]
    assert asked.headers["range"] == f"bytes=0-{piece - 1}"
    identity = entry["data_storage"]["id"]
    assert httpx.patch(f"{base}/{identity}", headers=headers, json={"status": "active"}).status_code == 200
    read = httpx.get(f"{base}/{identity}", headers=headers).json()
    content = httpx.get(read["storage_locations"][0]["storage_config"]["signed_url"])
    assert content.content == b"a" * piece + b"b" * (piece + 5)
    assert content.headers["x-goog-hash"].startswith("crc32c=")
