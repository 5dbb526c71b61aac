"""One platform for each file of tests, a home and mounts for each test."""

from __future__ import annotations

import itertools
import os
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import known
from harness.mounting import Home, Mount, is_mounted
from harness.platform import Platform, ProxiedPlatform
from harness.process import DATASETFS, is_alive, run
from harness.reader import Reader
from harness.trees import FolderTree, NativeTree, PlatformTree, Tree


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=200, help="kills of a mount under load, in all")
    parser.addoption("--seed", type=int, default=None, help="of what is chosen at random; printed by every test that does")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "native" not in item.name and (why := known.reason(item.nodeid)):
            item.add_marker(pytest.mark.xfail(reason=why))


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
    for name in ("platform", "proxied"):
        if name in request.fixturenames:
            platform = request.getfixturevalue(name)
            if platform.process.poll() is None:
                platform.heal()


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProxiedPlatform]:
    """A platform that mounts reach through a fault proxy."""
    running = ProxiedPlatform(tmp_path_factory.mktemp("proxied"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def reader(proxied: ProxiedPlatform) -> Iterator[Reader]:
    """The platform's Python client, which nothing stands in the way of."""
    made = Reader(proxied)
    yield made
    made.close()


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    chosen = request.config.getoption("--seed")
    return random.randrange(1 << 32) if chosen is None else chosen


@pytest.fixture(scope="session")
def writable() -> None:
    """For tests that write."""
    if "--durability" not in run(DATASETFS, "mount", "--help").stdout:
        pytest.skip("these mounts cannot be written to")


class Writing:
    """Mounts that the tests of a module write to, one of each kind; one that died is made anew."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self.folder = folder
        self.request = request
        self.mounts: dict[str, Mount] = {}

    def mount(self, kind: str) -> Mount:
        self.request.getfixturevalue("writable")
        made = self.mounts.get(kind)
        if made is None or not is_alive(made.process):
            if made is not None:
                made.clean_up()
            place = self.folder / f"mnt-{kind}"
            place.mkdir(exist_ok=True)
            home = Home(self.folder / f"home-{kind}")
            durability = "back" if kind == "back" else "through"
            made = Mount(home, self.store(kind), place)
            self.mounts[kind] = made
            made.make("--durability", durability, "--attr-ttl", "1")
        return made

    def store(self, kind: str) -> str:
        if kind == "folder":
            (self.folder / "store").mkdir(exist_ok=True)
            return f"file:{self.folder}/store"
        return self.request.getfixturevalue("proxied").store

    def tree(self, kind: str, name: str) -> Tree:
        if kind == "native":
            path = self.folder / name
            path.mkdir()
            return NativeTree(path)
        mount = self.mount(kind)
        if kind == "folder":
            return FolderTree(mount, self.folder / "store", name)
        fixtures = (self.request.getfixturevalue(fixture) for fixture in ("proxied", "reader"))
        return PlatformTree(mount, *fixtures, name)

    def stop(self) -> None:
        for mount in self.mounts.values():
            mount.clean_up()


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Writing]:
    made = Writing(tmp_path_factory.mktemp("writing"), request)
    yield made
    made.stop()


NUMBERS = itertools.count(1)


@pytest.fixture(params=["native", "through", "back", "folder"])
def tree(writing: Writing, request: pytest.FixtureRequest) -> Tree:
    """An empty directory to write in: an ordinary one, which proves the test, and one on each kind of mount."""
    # A number of its own: a test that is tried once more begins in an empty directory as well.
    return writing.tree(request.param, f"{re.sub(r'[^A-Za-z0-9_]+', '-', request.node.name).strip('-')}-{next(NUMBERS)}")
