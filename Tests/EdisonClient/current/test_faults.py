"""Faults on request, seen over a real connection."""

import contextlib
import time
from collections.abc import Iterator

import httpx
import pytest
from conftest import KEYS
from server import Server

SIZE = 300_000


@pytest.fixture
def object_url(server) -> Iterator[str]:
    answer = server.admin("POST", "object", {"name": "o", "size": SIZE, "pattern": "counter", "user": "alice"})
    yield answer["storage_locations"][0]["storage_config"]["signed_url"]
    server.admin("DELETE", "faults")


def read_until_broken(url: str) -> tuple[bytes, Exception | None]:
    received = b""
    try:
        with httpx.stream("GET", url) as answer:
            for piece in answer.iter_raw():
                received += piece
    except httpx.TransportError as error:
        return received, error
    return received, None


def test_pattern(object_url):
    content = httpx.get(object_url).content

    assert content[:24] == b"".join(number.to_bytes(8, "little") for number in range(3))
    assert len(content) == SIZE


def test_reset(server, object_url):
    server.admin("POST", "faults", {"path": "^/storage", "count": 1, "reset_at": 1000})
    received, error = read_until_broken(object_url)
    assert len(received) <= 1000
    assert isinstance(error, httpx.ReadError)

    server.admin("POST", "faults", {"path": "^/storage", "count": 1, "reset_at": -1})
    assert isinstance(read_until_broken(object_url)[1], httpx.ReadError)
    assert httpx.get(object_url).status_code == 200


def test_truncation(server, object_url):
    server.admin("POST", "faults", {"path": "^/storage", "count": 1, "truncate_at": 1000})

    received, error = read_until_broken(object_url)

    assert len(received) == 1000
    assert isinstance(error, httpx.RemoteProtocolError)


def test_one_wrong_byte(server, object_url):
    right = httpx.get(object_url).content
    server.admin("POST", "faults", {"path": "^/storage", "count": 1, "corrupt_at": 200_000})

    wrong = httpx.get(object_url).content

    assert [place for place in range(SIZE) if right[place] != wrong[place]] == [200_000]


def test_slowness(server, object_url):
    server.admin("POST", "faults", {"path": "^/storage", "count": 1, "bytes_per_second": 1_000_000, "delay_ms": 100})
    began = time.monotonic()

    assert len(httpx.get(object_url).content) == SIZE

    assert time.monotonic() - began > 0.35


def test_late_first_byte(server, object_url):
    server.admin("POST", "faults", {"path": "^/storage", "count": 1, "first_byte_ms": 300})
    began = time.monotonic()

    with httpx.stream("GET", object_url) as answer:
        head = time.monotonic() - began
        next(answer.iter_raw())

    assert head < 0.3 < time.monotonic() - began


def test_garbage_and_endless(server, object_url):
    server.admin("POST", "faults", [{"path": "organizations", "count": 1, "garbage": True}])
    url = f"{server.url}/v0.1/organizations"
    with pytest.raises(ValueError):
        httpx.get(url, headers=server.bearer("key-a")).json()

    server.admin("POST", "faults", [{"path": "organizations", "count": 1, "endless": True}])
    with httpx.stream("GET", url, headers=server.bearer("key-a")) as answer, contextlib.closing(answer.iter_raw()) as body:
        received = 0
        while received < 5_000_000:
            received += len(next(body))


def test_retry_after(server, object_url):
    server.admin("POST", "faults", {"path": "^/storage", "count": 1, "status": 429, "retry_after": 7, "body": "<Slow/>"})

    answer = httpx.get(object_url)

    assert (answer.status_code, answer.headers["retry-after"], answer.text) == (429, "7", "<Slow/>")


def test_counters(server, object_url):
    server.admin("DELETE", "stats")
    httpx.get(object_url, headers={"Range": "bytes=0-99"})

    assert server.admin("GET", "stats") == {"requests": {"GET /storage/objects/{id}": 1}, "bytes_sent": 100}


def test_ends_though_a_transfer_is_under_way(tmp_path):
    server = Server(tmp_path, "--api-key", KEYS["alice"], "--fault", '{"path": "organizations", "endless": true}')

    with httpx.stream("GET", f"{server.url}/v0.1/organizations"):
        assert server.stop() == 0


def test_no_admin_routes_unless_asked_for(tmp_path):
    server = Server(tmp_path, admin=False)

    assert httpx.get(f"{server.url}/admin/stats").status_code == 404
    assert httpx.post(f"{server.url}/auth/login", json={"api_key": "local-key"}).status_code == 200
    assert server.stop() == 0
