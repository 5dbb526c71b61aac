"""One platform for each file of tests, a home and mounts for each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.mounting import Home, Mount, is_mounted
from harness.platform import Platform
from harness.process import run


@pytest.fixture(autouse=True)
def device() -> None:
    if not os.path.exists("/dev/fuse"):
        pytest.skip("there is no /dev/fuse")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    running = Platform(tmp_path_factory.mktemp("platform"))
    yield running
    running.stop()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """An empty directory to mount on; nothing stays mounted there."""
    path = tmp_path / "mnt"
    path.mkdir()
    yield path
    if is_mounted(path):
        run("umount", "--lazy", path, status=None)


@pytest.fixture
def mount(home: Home, place: Path, tmp_path: Path) -> Iterator[Callable[..., Mount]]:
    """Mounts a store, the module's platform or another; the first on `place`."""
    made: list[Mount] = []

    def make(store: str | Platform, *options: str, at: Path | None = None) -> Mount:
        address = store if isinstance(store, str) else store.store
        made.append(Mount(home, address, at or place))
        made[-1].make(*options)
        return made[-1]

    yield make
    for each in reversed(made):
        each.clean_up()


@pytest.fixture(autouse=True)
def healthy(request: pytest.FixtureRequest) -> Iterator[None]:
    """Faults last no longer than their test."""
    yield
    if "platform" in request.fixturenames:
        platform = request.getfixturevalue("platform")
        if platform.process.poll() is None:
            platform.heal()
