"""The fault proxy itself, between a plain client and a plain server."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from faultproxy import FaultProxy

CONTENT = bytes(range(256)) * 400


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies: list[bytes] = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for start in range(0, len(CONTENT), 1000):
                piece = CONTENT[start : start + 1000]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT)

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(body)
        self.send_response(204)
        self.end_headers()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def proxy(server: Server) -> Iterator[FaultProxy]:
    made = FaultProxy(server.server_address[:2])
    yield made
    made.stop()


@pytest.fixture
def client(proxy: FaultProxy) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=5)
    yield connection
    connection.close()


def get(client: http.client.HTTPConnection, path: str = "/a") -> tuple[int, bytes]:
    client.request("GET", path)
    answer = client.getresponse()
    return answer.status, answer.read()


def put(client: http.client.HTTPConnection, body: bytes = CONTENT) -> int:
    client.request("PUT", "/a", body)
    answer = client.getresponse()
    answer.read()
    return answer.status


@pytest.mark.parametrize("path", ["/a", "/chunked"])
def test_nothing_is_changed(client, proxy: FaultProxy, server: Server, path: str) -> None:
    """Without a rule everything passes, on one connection."""
    for _ in range(3):
        assert get(client, path) == (200, CONTENT)
        assert put(client) == 204
    assert server.bodies == [CONTENT] * 3
    assert proxy.count("GET", path) == 3 and proxy.passed[1].sent_up == len(CONTENT)
    assert proxy.passed[1].body == CONTENT[: proxy.remembered]


def test_bodies_that_are_waited_for(proxy: FaultProxy, server: Server) -> None:
    """A client that waits for 100 Continue gets it from the server."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as connection:
        connection.sendall(b"PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(b"hello")
        assert connection.recv(100).startswith(b"HTTP/1.1 204")
    assert server.bodies == [b"hello"]


def test_latency(client, proxy: FaultProxy) -> None:
    proxy.fault(latency=0.3)
    began = time.monotonic()
    assert get(client) == (200, CONTENT)
    assert time.monotonic() - began >= 0.3


def test_bandwidth(client, proxy: FaultProxy) -> None:
    proxy.fault(bandwidth=200_000)
    began = time.monotonic()
    assert get(client) == (200, CONTENT)
    assert 0.3 < time.monotonic() - began < 2


@pytest.mark.parametrize("place", [-1, 0, 1000, 50_000])
def test_reset_on_the_way_back(client, proxy: FaultProxy, place: int) -> None:
    proxy.fault(reset_down=place, count=1)
    with pytest.raises(ConnectionError):
        get(client)
    client.close()
    assert get(client) == (200, CONTENT)


def test_reset_on_the_way_there(client, proxy: FaultProxy, server: Server) -> None:
    proxy.fault(reset_up=50_000, count=1)
    with pytest.raises(ConnectionError):
        put(client)
    client.close()
    assert put(client) == 204
    assert server.bodies[-1] == CONTENT and proxy.passed[0].status is None


def test_truncated(client, proxy: FaultProxy) -> None:
    proxy.fault(truncate=1000, count=1)
    with pytest.raises(http.client.IncompleteRead) as failure:
        get(client)
    assert failure.value.partial == CONTENT[:1000]


def test_corrupt(client, proxy: FaultProxy, server: Server) -> None:
    proxy.fault(corrupt_down=70_000, corrupt_up=3)
    _, content = get(client)
    assert [place for place, pair in enumerate(zip(content, CONTENT)) if pair[0] != pair[1]] == [70_000]
    put(client)
    assert server.bodies[0] == CONTENT[:3] + b"\xfc" + CONTENT[4:]


def test_answers_of_its_own(client, proxy: FaultProxy, server: Server) -> None:
    proxy.fault(method="PUT", status=429, retry_after="2", count=1)
    proxy.fault(method="PUT", expired=True, count=1)
    client.request("PUT", "/a", CONTENT)
    answer = client.getresponse()
    assert (answer.status, answer.headers["Retry-After"], answer.read()) == (429, "2", b"")
    assert put(client) == 403
    assert server.bodies == []
    assert put(client) == 204


def test_hang(client, proxy: FaultProxy) -> None:
    proxy.fault(hang=True)
    client.timeout = 0.3
    with pytest.raises(TimeoutError):
        get(client)
    client.close()
    proxy.heal()
    client.timeout = 5
    assert get(client) == (200, CONTENT)


def test_lost_answer(client, proxy: FaultProxy, server: Server) -> None:
    """The request reaches the server, the answer does not come back."""
    proxy.fault(method="PUT", lose_answer=True, count=1)
    with pytest.raises(ConnectionError):
        put(client)
    assert server.bodies == [CONTENT] and proxy.passed[0].status == 204


def test_outage(client, proxy: FaultProxy) -> None:
    assert get(client) == (200, CONTENT)
    proxy.outage(0.5)
    with pytest.raises((ConnectionError, http.client.BadStatusLine)):
        get(client)
    client.close()
    with pytest.raises((ConnectionError, http.client.BadStatusLine)):
        get(client)
    client.close()
    time.sleep(0.6)
    assert get(client) == (200, CONTENT)


def test_rules_are_counted(client, proxy: FaultProxy) -> None:
    rule = proxy.fault(method="GET", path="^/a$", skip=1, count=2, status=500)
    assert [get(client)[0] for _ in range(2)] == [200, 500]
    client.close()
    assert get(client, "/b")[0] == 200
    assert [get(client)[0], get(client)[0]] == [500, 200]
    assert rule.struck == 2
