"""The store goes away and comes back: what is known goes on, what is written is kept, and nobody has to ask."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.content import pattern
from harness.mounting import Mount
from harness.platform import Platform
from harness.process import eventually, run
from harness.reader import Reader
from test_write_faults import save, written

SIZE = 2_000_000
TTL = 1
OPTIONS = ("--attr-ttl", str(TTL), "--deadline", "5")


class Lab:
    """A mounted dataset whose names are known, and of whose files one is cached."""

    def __init__(self, mount, platform: Platform, durability: str) -> None:
        self.platform = platform
        self.options = ("--durability", durability, *OPTIONS)
        self.dataset = platform.dataset("lab")
        for name in ("cached.bin", "far.bin"):
            platform.object(name, SIZE, self.dataset, "random:1")
        platform.entry(name="known.txt", content="known", file_path="known.txt", dataset_id=self.dataset)
        self.mount: Mount = mount(platform, *self.options)
        self.path = self.mount / "lab"
        run("ls", "-lR", self.mount.path)
        assert (self / "cached.bin").read_bytes() == pattern("random:1", 0, SIZE)

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def lose(self) -> None:
        """The store is gone, and what is known of it is out of date."""
        self.platform.stop()
        time.sleep(TTL + 0.5)

    def files(self) -> dict[str, bytes]:
        """As another client reads them."""
        reader = Reader(self.platform)
        try:
            return reader.files(self.dataset)
        finally:
            reader.close()

    def state(self, name: str) -> str:
        return os.getxattr(self / name, "user.datasetfs.state").decode()


@pytest.fixture
def platform_of_ones_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    own = Platform(tmp_path_factory.mktemp("offline"))
    yield own
    own.stop()


@pytest.fixture
def lab(mount, platform_of_ones_own: Platform, request: pytest.FixtureRequest, writable) -> Lab:
    return Lab(mount, platform_of_ones_own, request.param)


def change(path: Path, flags: int, content: bytes, offset: int | None = None) -> int:
    """Writes into a file by a process of its own: 0 or the errno."""
    program = (
        "import os, sys\n"
        "try:\n"
        "    file = os.open(sys.argv[1], os.O_WRONLY | int(sys.argv[2]))\n"
        "    if sys.argv[4]: os.pwrite(file, bytes.fromhex(sys.argv[3]), int(sys.argv[4]))\n"
        "    else: os.write(file, bytes.fromhex(sys.argv[3]))\n"
        "    os.close(file)\n"
        "except OSError as error: print(error.errno)\n"
        "else: print(0)\n"
    )
    place = "" if offset is None else str(offset)
    return int(run(sys.executable, "-c", program, path, str(flags), content.hex(), place, timeout=30).stdout)


def reading(path: Path) -> tuple[int, float]:
    """The errno of reading a file, and how long it took."""
    program = "import sys\ntry: open(sys.argv[1], 'rb').read()\nexcept OSError as error: print(error.errno)\nelse: print(0)"
    began = time.monotonic()
    code = int(run(sys.executable, "-c", program, path, timeout=30).stdout)
    return code, time.monotonic() - began


@pytest.mark.parametrize("lab", ["back"], indirect=True)
def test_writing(lab: Lab) -> None:
    """Offline: what is cached reads as always; what is not answers ENETUNREACH at once; writes go to the journal."""
    lab.lose()
    assert save(lab / "new.txt", within=6) == 0
    began = time.monotonic()
    assert save(lab / "known.txt") == 0
    assert change(lab / "cached.bin", os.O_APPEND, b"more") == 0
    assert change(lab / "cached.bin", 0, b"part", 1_000_000) == 0
    (lab / "d").mkdir()
    assert save(lab / "d/x.txt", 50, "x ") == 0
    os.rename(lab / "new.txt", lab / "d/y.txt")
    os.rename(lab / "cached.bin", lab / "renamed.bin")
    assert time.monotonic() - began < 10
    expected = bytearray(pattern("random:1", 0, SIZE) + b"more")
    expected[1_000_000:1_000_004] = b"part"
    assert (lab / "renamed.bin").read_bytes() == expected
    assert (lab / "known.txt").read_bytes() == written()
    assert sorted(os.listdir(lab.path)) == ["d", "far.bin", "known.txt", "renamed.bin"]
    code, took = reading(lab / "far.bin")
    assert code == errno.ENETUNREACH and took < 1
    assert lab.mount.status["health"] == "offline" and lab.mount.status["offlineSince"]
    assert "offline since" in lab.mount.home.datasetfs("status", lab.mount.path).stdout

    lab.platform.start()
    lab.mount.sync()
    files = {"known.txt": written(), "d/x.txt": written(50, "x "), "d/y.txt": written(), "renamed.bin": bytes(expected)}
    assert lab.files() == files | {"far.bin": pattern("random:1", 0, SIZE)}


@pytest.mark.parametrize("lab", ["through"], indirect=True)
def test_closing(lab: Lab) -> None:
    """In `through` mode `close` fails with ENETUNREACH and the staged content is kept as `error`, retried when the store is
    back."""
    lab.lose()
    assert save(lab / "first.txt") in (errno.EHOSTUNREACH, errno.ENETUNREACH)
    assert save(lab / "new.txt") == errno.ENETUNREACH
    assert save(lab / "known.txt") == errno.ENETUNREACH
    for name in ("new.txt", "known.txt"):
        assert lab.state(name) == "error"
        assert (lab / name).read_bytes() == written()

    lab.platform.start()
    # Nobody asks: the mount finds out by itself.
    assert eventually(lambda: lab.mount.pending == 0, within=40)
    files = lab.files()
    far = pattern("random:1", 0, SIZE)
    assert files == {name: written() for name in ("first.txt", "new.txt", "known.txt")} | {"far.bin": far, "cached.bin": far}


@pytest.mark.parametrize("lab", ["back"], indirect=True)
def test_idle(lab: Lab) -> None:
    """A mount that nobody uses finds out by itself that the store is back, asking seldom and cheaply."""
    lab.lose()
    assert save(lab / "new.txt") == 0
    assert eventually(lambda: lab.mount.status["health"] == "offline")
    lab.platform.start()
    lab.platform.count()
    assert eventually(lambda: lab.mount.status["health"] == "online", within=40)
    assert lab.mount.status.get("offlineSince") is None
    assert eventually(lambda: lab.mount.pending == 0, within=20)
    lab.platform.count()
    time.sleep(3)
    assert sum(lab.platform.requests.values()) == 0, "nobody is asked while all is well"


@pytest.mark.parametrize("lab", ["back"], indirect=True)
def test_beginning(lab: Lab) -> None:
    """A mount begins without the store where names are known, and takes what is written."""
    assert save(lab / "before.txt") == 0
    lab.mount.sync()
    lab.mount.unmount()
    lab.lose()
    began = time.monotonic()
    lab.mount.make(*lab.options)
    assert time.monotonic() - began < 8
    assert "What is known from earlier mounts" in lab.mount.warning
    assert sorted(os.listdir(lab.path)) == ["before.txt", "cached.bin", "far.bin", "known.txt"]
    assert (lab / "cached.bin").read_bytes() == pattern("random:1", 0, SIZE)
    assert save(lab / "known.txt") == 0
    assert save(lab / "after.txt") == 0
    # Once more, with something on its way.
    done = lab.mount.home.datasetfs("unmount", lab.mount.path, "--timeout", "1", status=7)
    assert "after.txt" in done.stdout + done.stderr
    lab.mount.make(*lab.options)
    assert (lab / "after.txt").read_bytes() == written()
    assert save(lab / "later.txt") == 0

    lab.platform.start()
    assert eventually(lambda: lab.mount.pending == 0, within=40)
    files = lab.files()
    assert {name: files.get(name) for name in ("known.txt", "after.txt", "later.txt")} == {
        "known.txt": written(), "after.txt": written(), "later.txt": written()
    }


@pytest.mark.parametrize("lab", ["back"], indirect=True)
def test_unknown_names(lab: Lab) -> None:
    """What was never listed is not known to be absent: it answers ENETUNREACH, at once."""
    lab.platform.dataset("unseen")
    lab.lose()
    assert save(lab / "new.txt") == 0
    assert eventually(lambda: lab.mount.status["health"] == "offline")
    began = time.monotonic()
    listing = subprocess.run(["ls", str(lab.mount / "unseen")], capture_output=True, text=True, timeout=30)
    assert listing.returncode != 0 and time.monotonic() - began < 1.5
