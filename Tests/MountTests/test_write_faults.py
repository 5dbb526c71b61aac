"""Writing while requests, answers and the whole network fail: what was acknowledged arrives, once; errors are precise and soon."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from harness.content import pattern
from harness.mounting import Mount, is_mounted
from harness.platform import ProxiedPlatform
from harness.process import eventually, run
from harness.reader import Reader

DEADLINE = 6
CONNECTION = {errno.ECONNRESET, errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH}
SAVE = """
import errno, os, sys
path, size, word = sys.argv[1], int(sys.argv[2]), sys.argv[3].encode()
try:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    data = (word * (size // len(word) + 1))[:size]
    while data: data = data[os.write(file, data[:1 << 20]):]
    os.close(file)
except OSError as error: print(error.errno)
else: print(0)
"""


def save(path: Path, size: int = 100, word: str = "saved ", within: float = 2 * DEADLINE + 4) -> int:
    """Writes a file by a process of its own: 0 or the errno, which must not take long."""
    began = time.monotonic()
    code = int(run(sys.executable, "-c", SAVE, path, str(size), word, timeout=within + 20).stdout)
    assert time.monotonic() - began < within, "it took too long"
    return code


def written(size: int = 100, word: str = "saved ") -> bytes:
    return (word.encode() * (size // len(word) + 1))[:size]


class Place:
    """A dataset on a mount behind the proxy."""

    def __init__(self, mount: Mount, platform: ProxiedPlatform, reader: Reader, name: str) -> None:
        self.mount, self.platform, self.reader = mount, platform, reader
        self.proxy = platform.proxy
        self.path = mount / name
        if not self.path.exists():
            self.path.mkdir()
            mount.sync()
        self.dataset = os.getxattr(self.path, "user.datasetfs.id").decode()

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def files(self) -> dict[str, bytes]:
        self.mount.sync()
        return self.reader.files(self.dataset)

    def state(self, name: str) -> str:
        return os.getxattr(self / name, "user.datasetfs.state").decode()

    @property
    def queue(self) -> str:
        return (self.mount / ".datasetfs/queue").read_text()


@pytest.fixture(params=["through", "back"])
def place(mount, proxied: ProxiedPlatform, reader: Reader, request: pytest.FixtureRequest, writable, tmp_path) -> Place:
    (tmp_path / "mnt").mkdir()
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    options = ("--durability", request.param, "--deadline", str(DEADLINE))
    made = Place(mount(proxied, *options, at=tmp_path / "mnt"), proxied, reader, name)
    made.durability = request.param
    yield made
    proxied.heal()
    if is_mounted(tmp_path / "mnt"):
        run("umount", "--lazy", tmp_path / "mnt", status=None)


through = pytest.mark.parametrize("place", ["through"], indirect=True)
back = pytest.mark.parametrize("place", ["back"], indirect=True)


# Everything that is written, step by step


def make_all(place: Place) -> dict[str, bytes]:
    """One of each change of what was published before."""
    assert save(place / "new.txt", 50) == 0
    assert save(place / "new.bin", 300_000) == 0
    assert save(place / "old.txt", 60, "changed ") == 0
    assert save(place / "old.bin", 200_000, "changed ") == 0
    os.mkdir(place / "made")
    assert save(place / "made/inner.txt", 10) == 0
    os.rename(place / "moved.txt", place / "made/moved.txt")
    os.rename(place / "folder", place / "folder2")
    os.unlink(place / "gone.txt")
    os.rmdir(place / "hollow")
    return {
        "new.txt": written(50),
        "new.bin": written(300_000),
        "old.txt": written(60, "changed "),
        "old.bin": written(200_000, "changed "),
        "made/inner.txt": written(10),
        "made/moved.txt": b"moved",
        "folder2/a.txt": b"a",
    }


def prepare(place: Place) -> None:
    for name in ("folder", "hollow"):
        os.mkdir(place / name)
    for name, content in {"old.txt": b"old", "moved.txt": b"moved", "gone.txt": b"gone", "folder/a.txt": b"a"}.items():
        (place / name).write_bytes(content)
    (place / "old.bin").write_bytes(bytes(100_000))
    place.mount.sync()


def check_all(place: Place, expected: dict[str, bytes]) -> None:
    assert place.files() == expected
    for name in ("old.txt", "old.bin"):
        assert place.reader.revisions(place.dataset, name) == 2, f"{name}: one save is one revision"
    assert place.reader.directories(place.dataset) == {"made", "folder2"}


PASSING = {
    "lost answer": {"lose_answer": True},
    "lost request": {"reset_up": 0, "reset_down": -1},
    "half an answer": {"reset_down": 20},
    "cut answer": {"truncate": 20},
    "503": {"status": 503},
    "500": {"status": 500},
    "429": {"status": 429, "retry_after": "1"},
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_every_request_fails_once(place: Place, fault: dict) -> None:
    """429, 5xx, reset: retried. Every acknowledged byte arrives; no duplicate entries after lost answers, whichever request
    lost its answer."""
    prepare(place)
    # Each kind of request by its route: the first two of each fail.
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for route in ("/data-entries$", "/data-entries/[^/]+$", "/initiate", "/complete", "/parts/", "/datasets"):
            place.proxy.fault(method=method, path=route, count=2, **fault)
    expected = make_all(place)
    check_all(place, expected)


@pytest.mark.timeout(300)
@through
def test_lost_answers_one_by_one(place: Place) -> None:
    """A lost answer (request reaches the server, the answer does not come back) at every single request of a save."""
    place.proxy.forget()
    assert save(place / "count.bin", 100_000) == 0
    assert save(place / "count.bin", 100_000, "again ") == 0
    changes = [one for one in place.proxy.passed if one.method != "GET"]
    assert 3 <= len(changes) < 30
    expected = {"count.bin": written(100_000, "again ")}
    for number in range(len(changes)):
        name = f"lost{number}.bin"
        rule = place.proxy.fault(method="POST|PUT|PATCH|DELETE", skip=number, count=1, lose_answer=True)
        assert save(place / name, 100_000) == 0
        assert save(place / name, 100_000, "again ") == 0
        assert rule.struck == 1, "nothing was lost"
        place.proxy.heal()
        expected[name] = written(100_000, "again ")
    assert place.files() == expected
    for name in expected:
        assert place.reader.revisions(place.dataset, name) == 2, name


# A large file


@pytest.mark.parametrize(
    "fault",
    [
        {"reset_up": 1_000_000, "count": 6},
        {"reset_up": 100, "count": 3},
        {"lose_answer": True, "count": 4},
        {"corrupt_up": 1000, "count": 3},
        {"expired": True, "count": 2},
        {"status": 503, "count": 6},
        {"latency": 0.3},
        {"bandwidth": 20_000_000},
    ],
    ids=lambda fault: next(iter(fault)),
)
def test_parts_of_a_large_file(place: Place, fault: dict, tmp_path: Path) -> None:
    """Parts in parallel with MD5, each part retried: a large file arrives, whatever happens to its parts."""
    size = 40_000_000
    (tmp_path / "source").write_bytes(pattern("random:3", 0, size))
    place.proxy.fault(method="PUT", **fault)
    run("cp", tmp_path / "source", place / "large.bin", timeout=100)
    assert place.files() == {"large.bin": pattern("random:3", 0, size)}


@back
def test_upload_is_resumed(place: Place, tmp_path: Path) -> None:
    """A crash resumes a multipart upload where it stood: parts that arrived are not sent again."""
    size = 60_000_000
    (tmp_path / "source").write_bytes(pattern("random:4", 0, size))
    slow = place.proxy.fault(method="PUT", bandwidth=2_000_000)
    run("cp", tmp_path / "source", place / "large.bin", timeout=60)

    def arrived() -> int:
        return sum(one.sent_up for one in place.proxy.passed if one.method == "PUT" and one.status == 200)

    assert eventually(lambda: arrived() > size // 4, within=60), place.queue
    assert place.state("large.bin") in ("uploading", "queued")
    place.mount.kill()
    run("umount", "--lazy", place.mount.path, status=None)
    there = arrived()
    place.proxy.heal()
    assert slow.struck
    place.proxy.forget()
    place.mount.make("--durability", "back")
    assert place.files() == {"large.bin": pattern("random:4", 0, size)}
    again = sum(one.sent_up for one in place.proxy.passed if one.method == "PUT")
    assert again <= size - there // 2, f"{again} bytes were sent though {there} of {size} had arrived"


# What lasts


LASTING = {
    "403": ({"status": 403, "body": b'{"detail": "Not enough permissions"}'}, {errno.EACCES}),
    "422": ({"status": 422, "body": b'{"detail": "Name is not allowed"}'}, {errno.EINVAL}),
    "413": ({"status": 413}, {errno.EFBIG, errno.EDQUOT}),
    "507": ({"status": 507}, {errno.EDQUOT}),
    "503": ({"status": 503}, {errno.ETIMEDOUT}),
    "429": ({"status": 429, "retry_after": "1"}, {errno.ETIMEDOUT}),
    "reset": ({"reset_down": -1}, CONNECTION),
    "hang": ({"hang": True}, {errno.ETIMEDOUT, errno.ENETUNREACH}),
}


@through
@pytest.mark.parametrize("lasting", LASTING.values(), ids=LASTING)
def test_errors_reach_the_program(place: Place, lasting: tuple[dict, set[int]]) -> None:
    """`through`: errors reach the program; every errno that came from a store leaves a record; the staged content is kept and
    retried."""
    fault, expected = lasting
    place.proxy.fault(method="POST|PUT|PATCH", path="/data-entries", **fault)
    code = save(place / "note.txt")
    assert code in expected, os.strerror(code)
    assert (place / "note.txt").read_bytes() == written(), "the content is kept"
    assert place.state("note.txt") == "error"
    assert "note.txt" in place.queue
    assert "note.txt" in place.mount.why(place / "note.txt")
    place.platform.heal()
    place.mount.home.datasetfs("retry", place / "note.txt")
    assert place.files() == {"note.txt": written()}
    assert "note.txt" not in place.queue


@back
@pytest.mark.parametrize("lasting", LASTING.values(), ids=LASTING)
def test_errors_after_close(place: Place, lasting: tuple[dict, set[int]]) -> None:
    """`back`: data and intent are in the local journal; a hard refusal parks the item as `error` with the reason, and what is
    only unreachable is tried again for ever."""
    fault, _ = lasting
    place.proxy.fault(method="POST|PUT|PATCH", path="/data-entries", **fault)
    assert save(place / "note.txt", within=3) == 0
    assert save(place / "other.bin", 500_000, within=3) == 0
    assert (place / "note.txt").read_bytes() == written()
    assert eventually(lambda: "note.txt" in place.queue)
    is_hard = fault.get("status") in (403, 422, 413, 507)
    if is_hard:
        assert eventually(lambda: place.state("note.txt") == "error"), place.queue
        assert str(fault["status"]) in place.queue or str(fault["status"]) in place.mount.why(place / "note.txt")
    done = place.mount.home.datasetfs("sync", place.path, "--timeout", "1", status=None)
    assert done.returncode != 0, "it says that all is at the store"
    place.platform.heal()
    if is_hard:
        for name in ("note.txt", "other.bin"):
            place.mount.home.datasetfs("retry", place / name)
    assert place.files() == {"note.txt": written(), "other.bin": written(500_000)}


def test_discard_and_export(place: Place, tmp_path: Path) -> None:
    """`datasetfs retry|discard|export PATH` deal with what was refused."""
    assert save(place / "kept.txt", 20, "first ") == 0
    place.mount.sync()
    place.proxy.fault(method="POST|PUT|PATCH", path="/data-entries", status=403)
    for name in ("kept.txt", "new.txt"):
        assert save(place / name) == (errno.EACCES if place.durability == "through" else 0)
        assert eventually(lambda: place.state(name) == "error"), place.queue
    place.mount.home.datasetfs("export", place / "new.txt", tmp_path / "exported")
    assert (tmp_path / "exported").read_bytes() == written()
    place.platform.heal()
    for name in ("kept.txt", "new.txt"):
        place.mount.home.datasetfs("discard", place / name)
    assert not os.path.exists(place / "new.txt")
    assert (place / "kept.txt").read_bytes() == written(20, "first ")
    assert place.files() == {"kept.txt": written(20, "first ")}


# Somebody else writes


def test_conflict(place: Place) -> None:
    """If someone else published meanwhile (409): theirs stays, ours is kept beside it as `name.conflict-<host>-<time>.ext`,
    `close` answers ESTALE, and `errors` says so. Nothing is overwritten silently."""
    assert save(place / "note.txt", 20, "base ") == 0
    place.mount.sync()
    entry = place.reader.identity(place.dataset, "note.txt")
    program = (
        "import os, sys\n"
        "file = os.open(sys.argv[1], os.O_RDWR)\n"
        "os.pwrite(file, b'OURS', 0)\n"
        "print('written', flush=True); sys.stdin.readline()\n"
        "try: os.close(file)\n"
        "except OSError as error: print(error.errno)\n"
        "else: print(0)\n"
    )
    ours = subprocess.Popen([sys.executable, "-c", program, place / "note.txt"], stdin=-1, stdout=-1, text=True)
    try:
        assert ours.stdout.readline() == "written\n"
        place.platform.revise(entry, str(uuid.uuid4()), content="THEIRS")
        out, _ = ours.communicate("\n", timeout=30)
    finally:
        ours.kill()
        ours.wait()
    assert int(out) == (errno.ESTALE if place.durability == "through" else 0)
    files = place.files()
    assert files.pop("note.txt") == b"THEIRS"
    [(name, content)] = files.items()
    assert re.fullmatch(r"note\.conflict-.+-.+\.txt", name) and content == b"OURS" + written(20, "base ")[4:]
    assert eventually(lambda: (place / "note.txt").read_bytes() == b"THEIRS", within=10)
    assert (place / name).read_bytes() == content
    assert any("note.txt" in record["path"] for record in place.mount.errors)


# The network goes and comes


@back
def test_outage(place: Place) -> None:
    """Offline: what is cached reads as always; writes go to the journal."""
    assert save(place / "before.txt") == 0
    place.mount.sync()
    assert (place / "before.txt").read_bytes() == written()
    place.proxy.outage()
    began = time.monotonic()
    for number in range(20):
        assert save(place / f"during{number}.txt", within=4) == 0
    os.mkdir(place / "d")
    os.rename(place / "during0.txt", place / "d/moved.txt")
    os.unlink(place / "during1.txt")
    assert time.monotonic() - began < 30
    assert len(os.listdir(place.path)) == 20
    assert place.mount.status["queue"]["pending"] >= 19
    place.platform.heal()
    files = {f"during{number}.txt": written() for number in range(2, 20)}
    assert place.files() == {**files, "before.txt": written(), "d/moved.txt": written()}
    assert place.queue.strip() == ""


@through
def test_outage_in_the_middle_of_a_save(place: Place) -> None:
    """Retried with exponential backoff until the deadline: an outage that is shorter is not seen."""
    place.proxy.fault(method="PUT", latency=0.5)
    saving = subprocess.Popen([sys.executable, "-c", SAVE, place / "a.bin", "3000000", "word"], stdout=-1, text=True)
    time.sleep(0.4)
    place.proxy.outage(2)
    out, _ = saving.communicate(timeout=60)
    assert int(out) == 0
    assert place.files() == {"a.bin": written(3_000_000, "word")}


@back
def test_server_restarts(place: Place) -> None:
    """What is acknowledged arrives though the server ends and begins again meanwhile."""
    for number in range(10):
        assert save(place / f"a{number}.bin", 400_000) == 0
    place.platform.process.send_signal(signal.SIGTERM)
    place.platform.process.wait(timeout=20)
    for number in range(10):
        assert save(place / f"b{number}.txt", within=4) == 0
    place.platform.process.stdout.close()
    place.platform.start()
    files = {f"a{number}.bin": written(400_000) for number in range(10)}
    assert place.files() == files | {f"b{number}.txt": written() for number in range(10)}


@back
def test_unmount_tells_what_is_left(place: Place) -> None:
    """`datasetfs unmount` (and SIGTERM) stops new writes, drains the journal within a deadline, prints what is left, and exits
    non-zero if anything is; the next mount resumes it."""
    place.proxy.outage()
    assert save(place / "left.txt") == 0
    done = place.mount.home.datasetfs("unmount", place.mount.path, status=None, timeout=100)
    assert done.returncode != 0 and "left.txt" in done.stdout + done.stderr
    if is_mounted(place.mount.path):
        run("umount", "--lazy", place.mount.path)
        assert eventually(lambda: not Path(f"/proc/{place.mount.process}").exists(), within=60)
    place.platform.heal()
    place.mount.make("--durability", "back")
    assert (place / "left.txt").read_bytes() == written()
    assert place.files() == {"left.txt": written()}


@back
def test_unmount_drains(place: Place) -> None:
    """`datasetfs unmount` drains: when it is back with 0, everything is at the store."""
    place.proxy.fault(method="PUT|POST", latency=0.2)
    for number in range(30):
        assert save(place / f"{number}.bin", 1000) == 0
    place.mount.home.datasetfs("unmount", place.mount.path, timeout=100)
    assert place.reader.files(place.dataset) == {f"{number}.bin": written(1000) for number in range(30)}


# Nothing hangs


def test_nothing_waits_for_a_silent_server(place: Place) -> None:
    """No hang: `statfs`, `ls` of what is already known and reads of what is cached never wait for the network, also while
    uploads hang."""
    assert save(place / "known.txt") == 0
    place.mount.sync()
    assert (place / "known.txt").read_bytes() == written()
    place.proxy.fault(hang=True)
    saving = [
        subprocess.Popen([sys.executable, "-c", SAVE, place / f"{number}.bin", "1000", "x"], stdout=-1, text=True)
        for number in range(12)
    ]
    try:
        time.sleep(0.5)
        for words in (("df", place.path), ("ls", place.path), ("cat", place.mount / ".datasetfs/queue")):
            began = time.monotonic()
            run(*words, timeout=10)
            assert time.monotonic() - began < 2, words
        for process in saving:
            out, _ = process.communicate(timeout=3 * DEADLINE + 5)
            assert int(out) in ({0} if place.durability == "back" else {errno.ETIMEDOUT, errno.ENETUNREACH})
    finally:
        for process in saving:
            process.kill()
            process.wait()
    place.platform.heal()
    files = place.files()
    assert files == {"known.txt": written()} | {f"{number}.bin": b"x" * 1000 for number in range(12)}


@through
def test_interrupted_close(place: Place) -> None:
    """Interrupted (Ctrl-C): a program that waits for the store can be ended at once; what it wrote is kept."""
    place.proxy.fault(method="POST|PUT|PATCH", hang=True)
    words = ["env", "--default-signal=INT", sys.executable, "-c", SAVE, place / "a.bin", "1000", "x"]
    saving = subprocess.Popen(words, stdout=-1, stderr=-1, text=True)
    try:
        time.sleep(1)
        assert saving.poll() is None
        began = time.monotonic()
        saving.send_signal(signal.SIGINT)
        saving.communicate(timeout=20)
        assert time.monotonic() - began < 2
    finally:
        saving.kill()
        saving.wait()
    place.platform.heal()
    assert place.files() == {"a.bin": b"x" * 1000}


# Reading through the same faults

READING: dict[str, dict] = {
    "reset": {"reset_down": 100_000, "count": 3},
    "truncated": {"truncate": 50_000, "count": 2},
    "lost answer": {"lose_answer": True, "count": 2},
    "expired": {"expired": True, "count": 1},
    "503": {"status": 503, "count": 3},
    "429": {"status": 429, "retry_after": "1", "count": 2},
    "slow": {"latency": 0.2},
    "thin": {"bandwidth": 3_000_000},
}


@through
@pytest.mark.parametrize("fault", READING.values(), ids=READING)
def test_reading(place: Place, fault: dict) -> None:
    """A fault that passes is never seen: reset, truncation, an expired URL in mid-read, throttling."""
    place.platform.object("data.bin", 5_000_000, place.dataset, "random:6")
    # So that nothing of it is known before.
    path = Path(place.path, "data.bin")
    assert eventually(lambda: path.exists(), within=10)
    place.proxy.fault(method="GET", path="/storage/objects", **fault)
    assert run("cat", path, text=False, timeout=60).stdout == pattern("random:6", 0, 5_000_000)


@through
def test_corrupt_byte(place: Place) -> None:
    """A download whose digest disagrees with what the store declared is EIO and is never cached: one byte that was turned over
    on the way is noticed, and asked for again."""
    content = os.urandom(200_000)
    place.platform.upload(content, name="small.bin", file_path="small.bin", dataset_id=place.dataset)
    assert eventually(lambda: os.path.exists(place / "small.bin"), within=10)
    place.proxy.fault(method="GET", path="/storage/objects", corrupt_down=150_000, count=1)
    done = run("cat", place / "small.bin", text=False, status=None)
    assert done.stdout == content if done.returncode == 0 else b"Input/output error" in done.stderr
    assert run("cat", place / "small.bin", text=False).stdout == content
