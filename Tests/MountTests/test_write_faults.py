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
from collections.abc import Iterator
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
        self.mount.sync(30, self.path)
        return self.reader.files(self.dataset)

    def state(self, name: str) -> str:
        return os.getxattr(self / name, "user.datasetfs.state").decode()

    @property
    def queue(self) -> str:
        return (self.mount / ".datasetfs/queue").read_text()


@pytest.fixture(params=["through", "back"])
def there(mount, proxied: ProxiedPlatform, reader: Reader, request: pytest.FixtureRequest, writable) -> Iterator[Place]:
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    options = ("--durability", request.param, "--deadline", str(DEADLINE), "--attr-ttl", "1")
    made = Place(mount(proxied, *options), proxied, reader, name)
    made.durability = request.param
    yield made
    proxied.heal()


through = pytest.mark.parametrize("there", ["through"], indirect=True)
back = pytest.mark.parametrize("there", ["back"], indirect=True)


# Everything that is written, step by step


def make_all(there: Place) -> dict[str, bytes]:
    """One of each change of what was published before."""
    assert save(there / "new.txt", 50) == 0
    assert save(there / "new.bin", 300_000) == 0
    assert save(there / "old.txt", 60, "changed ") == 0
    assert save(there / "old.bin", 200_000, "changed ") == 0
    os.mkdir(there / "made")
    assert save(there / "made/inner.txt", 10) == 0
    os.rename(there / "moved.txt", there / "made/moved.txt")
    os.rename(there / "folder", there / "folder2")
    os.unlink(there / "gone.txt")
    os.rmdir(there / "hollow")
    return {
        "new.txt": written(50),
        "new.bin": written(300_000),
        "old.txt": written(60, "changed "),
        "old.bin": written(200_000, "changed "),
        "made/inner.txt": written(10),
        "made/moved.txt": b"moved",
        "folder2/a.txt": b"a",
    }


def prepare(there: Place) -> None:
    for name in ("folder", "hollow"):
        os.mkdir(there / name)
    for name, content in {"old.txt": b"old", "moved.txt": b"moved", "gone.txt": b"gone", "folder/a.txt": b"a"}.items():
        (there / name).write_bytes(content)
    (there / "old.bin").write_bytes(bytes(100_000))
    there.mount.sync()


def check_all(there: Place, expected: dict[str, bytes]) -> None:
    assert there.files() == expected
    for name in ("old.txt", "old.bin"):
        assert there.reader.revisions(there.dataset, name) == 2, f"{name}: one save is one revision"
    assert there.reader.directories(there.dataset) == {"made", "folder2"}


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
def test_every_request_fails_once(there: Place, fault: dict) -> None:
    """429, 5xx, reset: retried. Every acknowledged byte arrives; no duplicate entries after lost answers, whichever request
    lost its answer."""
    prepare(there)
    # Each kind of request by its route: the first two of each fail.
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for route in ("/data-entries$", "/data-entries/[^/]+$", "/initiate", "/complete", "/parts/", "/datasets"):
            there.proxy.fault(method=method, path=route, count=2, **fault)
    expected = make_all(there)
    check_all(there, expected)


@pytest.mark.timeout(300)
@through
def test_lost_answers_one_by_one(there: Place) -> None:
    """A lost answer (request reaches the server, the answer does not come back) at every single request of a save."""
    there.proxy.forget()
    assert save(there / "count.bin", 100_000) == 0
    assert save(there / "count.bin", 100_000, "again ") == 0
    changes = [one for one in there.proxy.passed if one.method != "GET"]
    assert 3 <= len(changes) < 30
    expected = {"count.bin": written(100_000, "again ")}
    for number in range(len(changes)):
        name = f"lost{number}.bin"
        rule = there.proxy.fault(method="POST|PUT|PATCH|DELETE", skip=number, count=1, lose_answer=True)
        assert save(there / name, 100_000) == 0
        assert save(there / name, 100_000, "again ") == 0
        assert rule.struck == 1, "nothing was lost"
        there.proxy.heal()
        expected[name] = written(100_000, "again ")
    assert there.files() == expected
    for name in expected:
        assert there.reader.revisions(there.dataset, name) == 2, name


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
def test_parts_of_a_large_file(there: Place, fault: dict, tmp_path: Path) -> None:
    """Parts in parallel with MD5, each part retried: a large file arrives, whatever happens to its parts."""
    size = 40_000_000
    (tmp_path / "source").write_bytes(pattern("random:3", 0, size))
    there.proxy.fault(method="PUT", **fault)
    run("cp", tmp_path / "source", there / "large.bin", timeout=100)
    assert there.files() == {"large.bin": pattern("random:3", 0, size)}


@back
def test_upload_is_resumed(there: Place, tmp_path: Path) -> None:
    """A crash resumes a multipart upload where it stood: parts that arrived are not sent again."""
    size = 60_000_000
    (tmp_path / "source").write_bytes(pattern("random:4", 0, size))
    there.proxy.forget()
    # Half of the six parts: the others have arrived, and are noted, long before.
    slow = there.proxy.fault(method="PUT", bandwidth=1_000_000, count=3)
    run("cp", tmp_path / "source", there / "large.bin", timeout=60)

    def arrived() -> int:
        return sum(one.sent_up for one in there.proxy.passed if one.method == "PUT" and one.status == 200)

    assert eventually(lambda: arrived() >= size // 2, within=60), there.queue
    assert there.state("large.bin") in ("uploading", "queued")
    there.mount.kill()
    run("umount", "--lazy", there.mount.path, status=None)
    before = arrived()
    there.proxy.heal()
    assert slow.struck
    there.proxy.forget()
    there.mount.make("--durability", "back")
    assert there.files() == {"large.bin": pattern("random:4", 0, size)}
    again = sum(one.sent_up for one in there.proxy.passed if one.method == "PUT")
    # The last that arrived may not have been noted yet.
    assert again <= size - before + size // 6, f"{again} bytes were sent though {before} of {size} had arrived"


# What lasts


LASTING = {
    "403": ({"status": 403, "body": b'{"detail": "Not enough permissions"}'}, {errno.EACCES}),
    "422": ({"status": 422, "body": b'{"detail": "Name is not allowed"}'}, {errno.EINVAL}),
    "413": ({"status": 413}, {errno.EFBIG, errno.EDQUOT}),
    "507": ({"status": 507}, {errno.EDQUOT}),
    "503": ({"status": 503}, {errno.ETIMEDOUT}),
    "429": ({"status": 429, "retry_after": "1"}, {errno.ETIMEDOUT}),
    "reset": ({"reset_up": 0}, CONNECTION),
    "hang": ({"hang": True}, {errno.ETIMEDOUT, errno.ENETUNREACH}),
}


@through
@pytest.mark.parametrize("lasting", LASTING.values(), ids=LASTING)
def test_errors_reach_the_program(there: Place, lasting: tuple[dict, set[int]]) -> None:
    """`through`: errors reach the program; every errno that came from a store leaves a record; the staged content is kept and
    retried."""
    fault, expected = lasting
    there.proxy.fault(method="POST|PUT|PATCH", path="/data-entries", **fault)
    code = save(there / "note.txt")
    assert code in expected, os.strerror(code)
    assert (there / "note.txt").read_bytes() == written(), "the content is kept"
    assert there.state("note.txt") == "error"
    assert "note.txt" in there.queue
    assert "note.txt" in there.mount.why(there / "note.txt")
    there.platform.heal()
    there.mount.home.datasetfs("retry", there / "note.txt")
    assert there.files() == {"note.txt": written()}
    assert "note.txt" not in there.queue


@back
@pytest.mark.parametrize("lasting", LASTING.values(), ids=LASTING)
def test_errors_after_close(there: Place, lasting: tuple[dict, set[int]]) -> None:
    """`back`: data and intent are in the local journal; a hard refusal parks the item as `error` with the reason, and what is
    only unreachable is tried again for ever."""
    fault, _ = lasting
    there.proxy.fault(method="POST|PUT|PATCH", path="/data-entries", **fault)
    assert save(there / "note.txt", within=3) == 0
    assert save(there / "other.bin", 500_000, within=3) == 0
    assert (there / "note.txt").read_bytes() == written()
    assert eventually(lambda: "note.txt" in there.queue)
    is_hard = fault.get("status") in (403, 422, 413, 507)
    if is_hard:
        assert eventually(lambda: there.state("note.txt") == "error"), there.queue
        assert str(fault["status"]) in there.queue or str(fault["status"]) in there.mount.why(there / "note.txt")
    done = there.mount.home.datasetfs("sync", there.path, "--timeout", "1", status=None)
    assert done.returncode != 0, "it says that all is at the store"
    there.platform.heal()
    if is_hard:
        for name in ("note.txt", "other.bin"):
            there.mount.home.datasetfs("retry", there / name)
    assert there.files() == {"note.txt": written(), "other.bin": written(500_000)}


def test_discard_and_export(there: Place, tmp_path: Path) -> None:
    """`datasetfs retry|discard|export PATH` deal with what was refused."""
    assert save(there / "kept.txt", 20, "first ") == 0
    there.mount.sync()
    there.proxy.fault(method="POST|PUT|PATCH", path="/data-entries", status=403)
    for name in ("kept.txt", "new.txt"):
        assert save(there / name) == (errno.EACCES if there.durability == "through" else 0)
        assert eventually(lambda: there.state(name) == "error"), there.queue
    there.mount.home.datasetfs("export", there / "new.txt", tmp_path / "exported")
    assert (tmp_path / "exported").read_bytes() == written()
    there.platform.heal()
    for name in ("kept.txt", "new.txt"):
        there.mount.home.datasetfs("discard", there / name)
    assert not os.path.exists(there / "new.txt")
    assert (there / "kept.txt").read_bytes() == written(20, "first ")
    assert there.files() == {"kept.txt": written(20, "first ")}


# Somebody else writes


def test_conflict(there: Place) -> None:
    """If someone else published meanwhile (409): theirs stays, ours is kept beside it as `name.conflict-<host>-<time>.ext`,
    `close` answers ESTALE, and `errors` says so. Nothing is overwritten silently."""
    assert save(there / "note.txt", 20, "base ") == 0
    there.mount.sync()
    entry = there.reader.identity(there.dataset, "note.txt")
    program = (
        "import os, sys\n"
        "file = os.open(sys.argv[1], os.O_RDWR)\n"
        "os.pwrite(file, b'OURS', 0)\n"
        "print('written', flush=True); sys.stdin.readline()\n"
        "try: os.close(file)\n"
        "except OSError as error: print(error.errno)\n"
        "else: print(0)\n"
    )
    ours = subprocess.Popen([sys.executable, "-c", program, there / "note.txt"], stdin=-1, stdout=-1, text=True)
    try:
        assert ours.stdout.readline() == "written\n"
        there.platform.revise(entry, str(uuid.uuid4()), content="THEIRS")
        out, _ = ours.communicate("\n", timeout=30)
    finally:
        ours.kill()
        ours.wait()
    assert int(out) == (errno.ESTALE if there.durability == "through" else 0)
    files = there.files()
    assert files.pop("note.txt") == b"THEIRS"
    [(name, content)] = files.items()
    assert re.fullmatch(r"note\.conflict-.+-.+\.txt", name) and content == b"OURS" + written(20, "base ")[4:]
    assert eventually(lambda: (there / "note.txt").read_bytes() == b"THEIRS", within=10)
    assert (there / name).read_bytes() == content
    assert any("note.txt" in record["path"] for record in there.mount.errors)


# The network goes and comes


@back
def test_outage(there: Place) -> None:
    """Offline: what is cached reads as always; writes go to the journal."""
    assert save(there / "before.txt") == 0
    there.mount.sync()
    assert (there / "before.txt").read_bytes() == written()
    there.proxy.outage()
    began = time.monotonic()
    for number in range(20):
        assert save(there / f"during{number}.txt", within=4) == 0
    os.mkdir(there / "d")
    os.rename(there / "during0.txt", there / "d/moved.txt")
    os.unlink(there / "during1.txt")
    assert time.monotonic() - began < 30
    assert len(os.listdir(there.path)) == 20
    assert there.mount.pending >= 19
    there.platform.heal()
    files = {f"during{number}.txt": written() for number in range(2, 20)}
    assert there.files() == {**files, "before.txt": written(), "d/moved.txt": written()}
    assert there.queue.strip() == ""


@through
def test_outage_in_the_middle_of_a_save(there: Place) -> None:
    """Retried with exponential backoff until the deadline: an outage that is shorter is not seen."""
    there.proxy.fault(method="PUT", latency=0.5)
    saving = subprocess.Popen([sys.executable, "-c", SAVE, there / "a.bin", "3000000", "word"], stdout=-1, text=True)
    time.sleep(0.4)
    there.proxy.outage(2)
    out, _ = saving.communicate(timeout=60)
    assert int(out) == 0
    assert there.files() == {"a.bin": written(3_000_000, "word")}


@back
def test_server_restarts(there: Place) -> None:
    """What is acknowledged arrives though the server ends and begins again meanwhile."""
    for number in range(10):
        assert save(there / f"a{number}.bin", 400_000) == 0
    there.platform.stop_server()
    try:
        for number in range(10):
            assert save(there / f"b{number}.txt", within=4) == 0
    finally:
        there.platform.start()
    files = {f"a{number}.bin": written(400_000) for number in range(10)}
    assert there.files() == files | {f"b{number}.txt": written() for number in range(10)}


@back
def test_unmount_tells_what_is_left(there: Place) -> None:
    """`datasetfs unmount` (and SIGTERM) stops new writes, drains the journal within a deadline, prints what is left, and exits
    non-zero if anything is; the next mount resumes it."""
    there.proxy.outage()
    assert save(there / "left.txt") == 0
    done = there.mount.home.datasetfs("unmount", there.mount.path, "--timeout", "2", status=7)
    assert "left.txt" in done.stdout + done.stderr
    assert not is_mounted(there.mount.path)
    there.platform.heal()
    there.mount.make("--durability", "back")
    assert (there / "left.txt").read_bytes() == written()
    assert there.files() == {"left.txt": written()}


@back
def test_unmount_drains(there: Place) -> None:
    """`datasetfs unmount` drains: when it is back with 0, everything is at the store."""
    there.proxy.fault(method="PUT|POST", latency=0.2)
    for number in range(30):
        assert save(there / f"{number}.bin", 1000) == 0
    there.mount.home.datasetfs("unmount", there.mount.path, timeout=100)
    assert there.reader.files(there.dataset) == {f"{number}.bin": written(1000) for number in range(30)}


# Nothing hangs


def test_nothing_waits_for_a_silent_server(there: Place) -> None:
    """No hang: `statfs`, `ls` of what is already known and reads of what is cached never wait for the network, also while
    uploads hang."""
    assert save(there / "known.txt") == 0
    there.mount.sync()
    assert (there / "known.txt").read_bytes() == written()
    there.proxy.fault(hang=True)
    saving = [
        subprocess.Popen([sys.executable, "-c", SAVE, there / f"{number}.bin", "1000", "x"], stdout=-1, text=True)
        for number in range(12)
    ]
    try:
        time.sleep(0.5)
        for words in (("df", there.path), ("ls", there.path), ("cat", there.mount / ".datasetfs/queue")):
            began = time.monotonic()
            run(*words, timeout=10)
            assert time.monotonic() - began < 2, words
        for process in saving:
            out, _ = process.communicate(timeout=3 * DEADLINE + 5)
            assert int(out) in ({0} if there.durability == "back" else {errno.ETIMEDOUT, errno.ENETUNREACH})
    finally:
        for process in saving:
            process.kill()
            process.wait()
    there.platform.heal()
    files = there.files()
    assert files == {"known.txt": written()} | {f"{number}.bin": b"x" * 1000 for number in range(12)}


@through
def test_interrupted_close(there: Place) -> None:
    """Interrupted (Ctrl-C): a program that waits for the store can be ended at once; what it wrote is kept."""
    there.proxy.fault(method="POST|PUT|PATCH", hang=True)
    words = ["env", "--default-signal=INT", sys.executable, "-c", SAVE, there / "a.bin", "1000", "x"]
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
    there.platform.heal()
    assert there.files() == {"a.bin": b"x" * 1000}


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
def test_reading(there: Place, fault: dict) -> None:
    """A fault that passes is never seen: reset, truncation, an expired URL in mid-read, throttling."""
    there.platform.object("data.bin", 5_000_000, there.dataset, "random:6")
    # So that nothing of it is known before.
    path = Path(there.path, "data.bin")
    assert eventually(lambda: path.exists(), within=10)
    there.proxy.fault(method="GET", path="/storage/objects", **fault)
    assert run("cat", path, text=False, timeout=60).stdout == pattern("random:6", 0, 5_000_000)


@through
def test_corrupt_byte(there: Place) -> None:
    """A download whose digest disagrees with what the store declared is EIO and is never cached: one byte that was turned over
    on the way is noticed, and asked for again."""
    content = os.urandom(200_000)
    there.platform.upload(content, name="small.bin", file_path="small.bin", dataset_id=there.dataset)
    assert eventually(lambda: os.path.exists(there / "small.bin"), within=10)
    there.proxy.fault(method="GET", path="/storage/objects", corrupt_down=150_000, count=1)
    done = run("cat", there / "small.bin", text=False, status=None)
    assert done.stdout == content if done.returncode == 0 else b"Input/output error" in done.stderr
    assert run("cat", there / "small.bin", text=False).stdout == content
