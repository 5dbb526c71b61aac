"""A proxy between a mount and its server that breaks what passes, by rules that tests set while it runs.

It speaks HTTP/1.1 without TLS, one request after the other on each connection, and runs on a thread of its own:

    proxy = FaultProxy()                      # listens at once, on a free port
    proxy.upstream = ("127.0.0.1", 8080)      # whom it speaks for
    proxy.fault(method="PUT", path="/parts/", count=2, reset_up=100_000)
    proxy.heal()
    proxy.stop()
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

CHUNK = 16 << 10
EXPIRED = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"


@dataclass
class Rule:
    """Which requests a fault strikes, and what it does to them. Places count from the start of the body."""

    method: str = ".*"
    """A regular expression for the whole of it."""
    path: str = ""
    """A regular expression that is looked for anywhere in the path."""
    skip: int = 0
    """Matching requests that pass first."""
    count: int | None = None
    """Times it strikes; None: until it is healed."""

    latency: float = 0
    """Seconds before the request goes on."""
    bandwidth: int | None = None
    """Bytes a second, each way."""
    reset_up: int | None = None
    """Reset when so many bytes of the request have gone on."""
    reset_down: int | None = None
    """Reset when so many bytes of the answer have gone back; -1: before its head."""
    truncate: int | None = None
    """Close after so many bytes of the answer, though its head promised all of them."""
    corrupt_up: int | None = None
    """Turn over the bits of this byte of the request."""
    corrupt_down: int | None = None
    """Turn over the bits of this byte of the answer."""
    status: int | None = None
    """Answer so, and do not ask the server."""
    retry_after: str | None = None
    body: bytes = b""
    expired: bool = False
    """Answer 403 as object stores do when a signed address has expired."""
    hang: bool = False
    """Take the request and never answer."""
    lose_answer: bool = False
    """The server does what it is asked, but the answer never comes: the connection is reset."""

    struck: int = 0

    def matches(self, method: str, path: str) -> bool:
        return re.fullmatch(self.method, method) is not None and re.search(self.path, path) is not None

    def strike(self) -> bool:
        """Counts a matching request: whether the fault strikes it."""
        if self.skip:
            self.skip -= 1
            return False
        if self.count is not None and self.struck >= self.count:
            return False
        self.struck += 1
        return True


@dataclass
class Passed:
    """One request, as it was seen."""

    method: str
    path: str
    began: float
    body: bytes = b""
    """Its beginning."""
    sent_up: int = 0
    sent_down: int = 0
    status: int | None = None
    """The server's; None where the server was not asked, or said nothing."""
    rule: Rule | None = None


class Broken(Exception):
    """The connection ends here, rudely."""


class FaultProxy:
    """One listening port; `upstream` may change at any time."""

    def __init__(self, upstream: tuple[str, int] | None = None, remembered: int = 64 << 10) -> None:
        self.upstream = upstream
        self.remembered = remembered
        """Bytes of each request's body that are kept for who asks what was sent."""
        self._rules: list[Rule] = []
        self._passed: list[Passed] = []
        self._lock = threading.Lock()
        self._outage_until = 0.0
        self._connections: set[asyncio.StreamWriter] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="fault proxy", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # What tests say

    def fault(self, **members: object) -> Rule:
        """A new fault; those that were there stay. The first that strikes a request is the one that counts."""
        rule = Rule(**members)  # type: ignore[arg-type]
        with self._lock:
            self._rules.append(rule)
        return rule

    def outage(self, seconds: float = 1e9) -> None:
        """From now on every connection is reset, those that stand and those that come."""
        with self._lock:
            self._outage_until = time.monotonic() + seconds
        self._loop.call_soon_threadsafe(self._reset_all)

    def heal(self) -> None:
        """No faults any more; what hangs is reset."""
        with self._lock:
            hanging = any(rule.hang and rule.struck for rule in self._rules)
            self._rules = []
            self._outage_until = 0
        if hanging:
            self._loop.call_soon_threadsafe(self._reset_all)

    @property
    def passed(self) -> list[Passed]:
        with self._lock:
            return list(self._passed)

    def forget(self) -> None:
        """Counts requests anew from here."""
        with self._lock:
            self._passed = []

    def count(self, method: str, path: str) -> int:
        """How many of these requests came."""
        return sum(1 for one in self.passed if one.method == method and re.search(path, one.path))

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)

    # How it is done

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, sock=self._listener, limit=1 << 20)
        )
        try:
            self._loop.run_forever()
        finally:
            server.close()
            self._reset_all()
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.close()

    @property
    def _is_out(self) -> bool:
        with self._lock:
            return time.monotonic() < self._outage_until

    def _reset_all(self) -> None:
        for writer in list(self._connections):
            _reset(writer)

    def _choose(self, method: str, path: str) -> Rule | None:
        with self._lock:
            for rule in self._rules:
                if rule.matches(method, path) and rule.strike():
                    return rule
        return None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        upstream: list[asyncio.StreamWriter] = []
        try:
            if self._is_out:
                raise Broken
            behind: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
            while head := await _head(reader):
                passed, rule = self._note(head)
                if rule and not await self._goes_on(rule, head, reader, writer):
                    return
                if behind is None:
                    assert self.upstream is not None, "nobody to ask"
                    behind = await asyncio.open_connection(*self.upstream, limit=1 << 20)
                    upstream.append(behind[1])
                if not await self._exchange(head, reader, writer, behind, passed, rule or Rule()):
                    return
        except (Broken, ConnectionError, OSError, asyncio.IncompleteReadError, EOFError):
            _reset(writer)
        except asyncio.CancelledError:
            pass
        finally:
            self._connections.discard(writer)
            for each in (writer, *upstream):
                each.close()

    def _note(self, head: bytes) -> tuple[Passed, Rule | None]:
        method, path, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        rule = self._choose(method, path)
        passed = Passed(method, path, time.monotonic(), rule=rule)
        with self._lock:
            self._passed.append(passed)
        return passed, rule

    async def _goes_on(
        self, rule: Rule, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Does what needs no server; whether the server is to be asked."""
        if rule.latency:
            await asyncio.sleep(rule.latency)
        if rule.hang:
            await asyncio.sleep(3600)
        status, body = (403, EXPIRED) if rule.expired else (rule.status, rule.body)
        if status is None:
            return True
        if "100-continue" not in _fields(head).get("expect", ""):
            async for _ in _body(reader, _fields(head), has_body=_request_has_body(head)):
                pass
        lines = [f"HTTP/1.1 {status} Fault", f"Content-Length: {len(body)}", "Connection: close"]
        if rule.retry_after is not None:
            lines.append(f"Retry-After: {rule.retry_after}")
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        return False

    async def _exchange(
        self,
        head: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        behind: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        passed: Passed,
        rule: Rule,
    ) -> bool:
        """One request and its answer; whether the connection can be used again."""
        up = asyncio.create_task(self._send(head, reader, behind[1], passed, rule))
        try:
            answer = asyncio.create_task(self._answer(head, writer, behind[0], passed, rule))
            await asyncio.wait({up, answer}, return_when=asyncio.FIRST_EXCEPTION)
            if up.done() and up.exception():
                answer.cancel()
                raise up.exception() or Broken
            again = await answer
            # An answer that came before the request was sent whole: nothing more can be said here.
            return again and up.done()
        finally:
            up.cancel()

    async def _send(
        self,
        head: bytes,
        reader: asyncio.StreamReader,
        out: asyncio.StreamWriter,
        passed: Passed,
        rule: Rule,
    ) -> None:
        out.write(head)
        meter = _Meter(rule.bandwidth)
        async for framing, piece in _body(reader, _fields(head), has_body=_request_has_body(head)):
            if piece:
                if len(passed.body) < self.remembered:
                    passed.body += piece[: self.remembered - len(passed.body)]
                if rule.reset_up is not None and passed.sent_up + len(piece) >= rule.reset_up:
                    out.write(framing(piece[: rule.reset_up - passed.sent_up]))
                    await out.drain()
                    _reset(out)
                    raise Broken
                await meter.pass_on(len(piece))
            out.write(framing(_damaged(piece, passed.sent_up, rule.corrupt_up)))
            passed.sent_up += len(piece)
            await out.drain()
        await out.drain()

    async def _answer(
        self,
        request: bytes,
        writer: asyncio.StreamWriter,
        source: asyncio.StreamReader,
        passed: Passed,
        rule: Rule,
    ) -> bool:
        while True:
            head = await _head(source)
            if not head:
                raise Broken
            status = int(head.split(b" ", 2)[1])
            if status >= 200 or status == 101:
                break
            writer.write(head)
        passed.status = status
        fields = _fields(head)
        has_body = passed.method != "HEAD" and status not in (204, 304)
        if rule.lose_answer:
            async for _ in _body(source, fields, has_body=has_body, to_end=True):
                pass
            raise Broken
        if rule.reset_down == -1:
            raise Broken
        writer.write(head)
        meter = _Meter(rule.bandwidth)
        async for framing, piece in _body(source, fields, has_body=has_body, to_end=True):
            for limit, is_rude in ((rule.reset_down, True), (rule.truncate, False)):
                if piece and limit is not None and passed.sent_down + len(piece) >= limit:
                    writer.write(framing(piece[: limit - passed.sent_down]))
                    await writer.drain()
                    passed.sent_down = limit
                    if is_rude:
                        # What was written shall arrive before the reset overtakes it.
                        await asyncio.sleep(0.02)
                        raise Broken
                    return False
            await meter.pass_on(len(piece))
            writer.write(framing(_damaged(piece, passed.sent_down, rule.corrupt_down)))
            passed.sent_down += len(piece)
            await writer.drain()
        await writer.drain()
        is_framed = not has_body or "content-length" in fields or "chunked" in fields.get("transfer-encoding", "")
        return is_framed and "close" not in (fields.get("connection", "") + _fields(request).get("connection", ""))


class _Meter:
    """Lets bytes pass at a rate."""

    def __init__(self, rate: int | None) -> None:
        self.rate = rate
        self.next = time.monotonic()

    async def pass_on(self, count: int) -> None:
        if self.rate and count:
            self.next = max(self.next, time.monotonic()) + count / self.rate
            await asyncio.sleep(self.next - time.monotonic())


def _reset(writer: asyncio.StreamWriter) -> None:
    """RST instead of FIN."""
    connection = writer.get_extra_info("socket")
    try:
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    except OSError:
        pass


async def _head(reader: asyncio.StreamReader) -> bytes:
    """A head with its empty line; nothing at the end of the connection."""
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise Broken from error
        return b""


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines if line)
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs}


def _request_has_body(head: bytes) -> bool:
    fields = _fields(head)
    return "content-length" in fields or "transfer-encoding" in fields


def _damaged(piece: bytes, start: int, place: int | None) -> bytes:
    if place is None or not start <= place < start + len(piece):
        return piece
    at = place - start
    return piece[:at] + bytes([piece[at] ^ 0xFF]) + piece[at + 1 :]


Framing = Callable[[bytes], bytes]


def _plain(piece: bytes) -> bytes:
    return piece


def _chunked(piece: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece) if piece else b""


async def _body(reader: asyncio.StreamReader, fields: dict[str, str], has_body: bool, to_end: bool = False):
    """The pieces of a body, each with what frames it on its way; trailers and the last chunk come with an empty piece."""
    if not has_body:
        return
    if "chunked" in fields.get("transfer-encoding", ""):
        while True:
            size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
            if size == 0:
                break
            piece = await reader.readexactly(size)
            await reader.readexactly(2)
            for start in range(0, size, CHUNK):
                yield _chunked, piece[start : start + CHUNK]
        trailer = b"0\r\n"
        while (line := await reader.readuntil(b"\r\n")) != b"\r\n":
            trailer += line
        trailer += b"\r\n"
        yield (lambda _: trailer), b""
    elif "content-length" in fields:
        left = int(fields["content-length"])
        while left:
            piece = await reader.read(min(left, CHUNK))
            if not piece:
                raise Broken
            left -= len(piece)
            yield _plain, piece
    elif to_end:
        while piece := await reader.read(CHUNK):
            yield _plain, piece
