"""A platform that misbehaves: a precise errno, an error record, no crash, no hang."""

from __future__ import annotations

import errno
import json
import os
import sys
import time

import pytest

from harness.content import pattern
from harness.platform import Platform
from harness.process import eventually, is_alive, run

SIZE = 3_000_000
DEADLINE = 3
OBJECT = "/storage/objects"


@pytest.fixture(scope="module")
def dataset(platform: Platform) -> str:
    return platform.dataset("faulty")


@pytest.fixture
def mounted(mount, platform: Platform, dataset: str, request: pytest.FixtureRequest):
    """A mount whose dataset has a fresh file “data.bin”, its size known."""
    name = request.node.name.replace("[", "-").replace("]", "") + ".bin"
    platform.object(name, SIZE, dataset, "random:1")
    made = mount(platform, "--deadline", str(DEADLINE), "--attr-ttl", "3600")
    made.file = made / "faulty" / name
    assert made.file.stat().st_size == SIZE
    yield made
    assert is_alive(made.process), "the mount died"


def read_failing(path, within: float = 2 * DEADLINE + 2) -> int:
    """The errno of reading it all, which must not take longer."""
    began = time.monotonic()
    program = (
        "import os, sys\n"
        "try:\n"
        "    file = os.open(sys.argv[1], os.O_RDONLY)\n"
        "    while os.read(file, 1 << 20): pass\n"
        "except OSError as error: print(error.errno)\n"
    )
    out = run(sys.executable, "-c", program, path, timeout=30).stdout
    assert time.monotonic() - began < within
    assert out, "reading succeeded"
    return int(out)


def reads_well(path) -> bool:
    done = run("cat", path, status=None, text=False)
    return done.returncode == 0 and done.stdout == pattern("random:1", 0, SIZE)


@pytest.mark.parametrize(
    ("fault", "expected", "word"),
    [
        ({"status": 500}, {errno.ETIMEDOUT}, "500"),
        ({"status": 503}, {errno.ETIMEDOUT}, "503"),
        ({"status": 429, "retry_after": "1"}, {errno.ETIMEDOUT}, "429"),
        # The entry is there, its object is not: that is damage, not absence.
        ({"status": 404, "body": "<Error><Code>NoSuchKey</Code></Error>"}, {errno.EIO}, "404"),
        ({"reset_at": -1}, {errno.ECONNRESET, errno.ETIMEDOUT}, "reset"),
        ({"reset_at": 1000}, {errno.ECONNRESET, errno.ETIMEDOUT}, "reset"),
        # The kernel asks a second time for what its read-ahead did not get; the store is known to be away by then.
        ({"first_byte_ms": 60_000}, {errno.ETIMEDOUT, errno.ENETUNREACH}, "time"),
        ({"delay_ms": 60_000}, {errno.ETIMEDOUT, errno.ENETUNREACH}, "time"),
        # Without the ETag of what was opened it may be damaged or another version.
        ({"garbage": True}, {errno.EIO, errno.ESTALE}, ""),
        ({"endless": True}, {errno.EIO, errno.ESTALE}, ""),
    ],
    ids=lambda value: next(iter(value)) + str(next(iter(value.values()))) if isinstance(value, dict) else "",
)
def test_object(mounted, platform: Platform, fault: dict, expected: set[int], word: str) -> None:
    """Every errno that came from a store leaves a record (path, operation, HTTP status, request id, remedy) that
    `datasetfs why PATH` prints."""
    platform.fault(path=OBJECT, **fault)
    assert read_failing(mounted.file) in expected
    lines = [line for line in mounted.errors if line["path"] == "/faulty/" + mounted.file.name]
    assert lines and all(line["operation"] == "read" and line["errno"] in expected for line in lines), lines
    assert any(word in f"{line['message']} {line.get('httpStatus')}".lower() for line in lines), lines
    why = mounted.why(mounted.file)
    assert mounted.file.name in why and why.count("\n") >= 2, why
    assert "signature" not in why.lower() and "X-Amz" not in why, "a signed URL was told"
    platform.heal()
    assert eventually(lambda: reads_well(mounted.file)), "it does not recover"
    assert mounted.resident < 250 << 20


@pytest.mark.parametrize("fault", [{"truncate_at": 100_000}, {"reset_at": 100_000}, {"status": 503}], ids=str)
def test_passing_fault(mounted, platform: Platform, fault: dict) -> None:
    """Retried with exponential backoff: a fault that passes is never seen."""
    platform.fault(path=OBJECT, count=2, **fault)
    assert mounted.file.read_bytes() == pattern("random:1", 0, SIZE)


def test_truncated_for_ever(mounted, platform: Platform) -> None:
    """A download whose length disagrees with what the store declared is EIO and is never cached."""
    platform.fault(path=OBJECT, truncate_at=1000)
    assert read_failing(mounted.file) in (errno.EIO, errno.ECONNRESET, errno.ETIMEDOUT)
    platform.heal()
    assert eventually(lambda: reads_well(mounted.file)), "it does not recover"


@pytest.mark.parametrize("fault", [{"garbage": True}, {"endless": True}, {"status": 500}, {"truncate_at": 20}], ids=str)
def test_listing(mount, platform: Platform, dataset: str, fault: dict) -> None:
    """A store that sends garbage JSON, endless bodies: precise errno, error record, no crash."""
    name = "unlisted-" + next(iter(fault))
    listed = platform.dataset(name)
    platform.entry(name="a", content="a", dataset_id=listed)
    made = mount(platform, "--deadline", str(DEADLINE))
    assert name in os.listdir(made.path)
    platform.fault(path="/datasets/", method="GET", **fault)
    began = time.monotonic()
    with pytest.raises(OSError) as failure:
        os.listdir(made / name)
    assert time.monotonic() - began < DEADLINE + 3
    assert failure.value.errno in (errno.EIO, errno.ETIMEDOUT, errno.ECONNRESET, errno.EINVAL), failure.value
    assert name in made.why(made / name)
    assert made.resident < 250 << 20
    platform.heal()
    assert eventually(lambda: run("ls", made / name, status=None).stdout == "a\n"), "it does not recover"


def test_forbidden(mounted, platform: Platform) -> None:
    """401 after one refresh, 403: EACCES."""
    platform.fault(path=OBJECT, status=403, body="<Error><Code>AccessDenied</Code></Error>")
    platform.fault(path="/data-entries/", status=403, body={"detail": "Not enough permissions"})
    assert read_failing(mounted.file) == errno.EACCES
    assert "403" in mounted.why(mounted.file)


def test_throttled_with_patience(mounted, platform: Platform) -> None:
    """429 is retried as Retry-After says."""
    # Two: a request of an earlier mount that is just ending may take one.
    platform.fault(path=OBJECT, status=429, retry_after="1", count=2)
    began = time.monotonic()
    assert mounted.file.read_bytes() == pattern("random:1", 0, SIZE)
    assert time.monotonic() - began >= 0.9


def test_slow_store_is_no_error(mounted, platform: Platform) -> None:
    """A slow first byte within the deadline is only slow."""
    platform.fault(path=OBJECT, first_byte_ms=800)
    assert mounted.file.read_bytes()[:100] == pattern("random:1", 0, 100)


def test_wrong_length_told(mount, platform: Platform, dataset: str) -> None:
    """Wrong lengths: what the metadata says of a size is never believed against the object."""
    platform.plant(
        name="liar.bin",
        file_path="liar.bin",
        dataset=dataset,
        locations=[{"pattern": "random:1", "size": 5000, "content_type": "file", "metadata": {"size": 9_999_999}}],
    )
    made = mount(platform, "--deadline", str(DEADLINE))
    path = made / "faulty/liar.bin"
    try:
        content = path.read_bytes()
    except OSError as error:
        assert error.errno in (errno.EIO, errno.ESTALE)
        assert "liar.bin" in made.why(path)
    else:
        assert content == pattern("random:1", 0, 5000)
    assert is_alive(made.process)


def test_no_error_on_record(mounted) -> None:
    """`datasetfs why` of what never failed: says so, status 1."""
    assert "No error is on record" in mounted.why(mounted.file, status=1)


def test_why_of_a_directory(mounted, platform: Platform) -> None:
    """Of a directory the last errors below it; `--json` for programs."""
    platform.fault(path=OBJECT, status=404, body="<Error><Code>NoSuchKey</Code></Error>")
    read_failing(mounted.file)
    assert mounted.file.name in mounted.why(mounted.path)
    records = json.loads(mounted.home.datasetfs("why", "--json", mounted.path / "faulty").stdout)
    assert records[0]["path"].endswith(mounted.file.name) and records[0]["httpStatus"] in (404, 200)
    assert os.getxattr(mounted.file, "user.datasetfs.state") == b"error"
    assert b"read" in os.getxattr(mounted.file, "user.datasetfs.error")
