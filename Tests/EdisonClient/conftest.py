"""What both clients' tests share: one server with three users, and a client for each."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from server import Server  # noqa: E402

KEYS = {"alice": "key-a", "bob": "key-b"}


@pytest.fixture(scope="session")
def more_arguments() -> list[str]:
    """What a suite's server is told besides its users."""
    return []


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, more_arguments: list[str]) -> Iterator[Server]:
    arguments = [word for user, key in KEYS.items() for word in ("--api-key", f"{key}={user}")]
    running = Server(tmp_path_factory.mktemp("platform"), *arguments, *more_arguments)
    yield running
    assert running.stop() == 0


def make_client(server: Server, user: str):
    from edison_client import EdisonClient

    return EdisonClient(service_uri=server.url, api_key=KEYS[user])


@pytest.fixture
def alice(server: Server):
    client = make_client(server, "alice")
    yield client
    client.close()


@pytest.fixture
def bob(server: Server):
    client = make_client(server, "bob")
    yield client
    client.close()


@pytest.fixture
def binary(tmp_path: Path) -> Path:
    """Thirty megabytes that no text reader takes for text."""
    path = tmp_path / "binary.dat"
    path.write_bytes(os.urandom(30_000_000))
    return path
