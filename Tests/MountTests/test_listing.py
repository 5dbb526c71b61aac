"""Many entries: names first, known ones without the network."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from harness.platform import Platform
from harness.process import run, shell

COUNT = 100_000
ENTRY = "GET /v0.1/data-storage/data-entries/{id}"
DATASET = "GET /v0.1/data-storage/datasets/{id}"


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    running = Platform(tmp_path_factory.mktemp("crowd"))
    running.crowded = running.dataset("crowd")
    running.bulk(running.crowded, COUNT, size=100)
    yield running
    running.stop()


def test_a_hundred_thousand_without_the_store(mount, crowd: Platform) -> None:
    """Listing 100,000 entries of one dataset cold: one dataset request, never one request per entry before names are
    shown; a second mount lists them with the server stopped."""
    options = ("--dataset", crowd.crowded, "--deadline", "120")
    first = mount(crowd, *options)
    crowd.count()
    began = time.monotonic()
    assert int(shell(f"ls -U '{first.path}/crowd' | wc -l", timeout=110)) == COUNT
    print(f"cold: {time.monotonic() - began:.2f} s")
    requests = crowd.requests
    assert requests.get(DATASET) in (1, 2), requests
    assert requests.get(ENTRY, 0) < 100, requests

    crowd.count()
    began = time.monotonic()
    assert int(shell(f"ls -U '{first.path}/crowd' | wc -l", timeout=110)) == COUNT
    print(f"warm: {time.monotonic() - began:.2f} s")
    assert crowd.requests.get(ENTRY, 0) == 0
    assert first.resident < 400 << 20
    first.unmount()

    crowd.stop()
    second = mount(crowd, *options)
    assert "What is known from earlier mounts is shown" in second.warning
    assert int(shell(f"ls -U '{second.path}/crowd' | wc -l", timeout=60)) == COUNT
    assert sorted(os.listdir(second / "crowd")) == [f"entry-{number:06}" for number in range(COUNT)]
    began = time.monotonic()
    assert run("stat", second / "crowd/nothing", status=1, timeout=10).stderr
    assert run("cat", second / "crowd/entry-000000", status=1, timeout=10).stderr
    assert time.monotonic() - began < 5


def test_sizes_in_parallel(mount, platform: Platform) -> None:
    """Sizes are asked for in parallel and remembered for ever per version."""
    dataset = platform.dataset("sized")
    platform.bulk(dataset, 200, size=1234)
    platform.fault(path="/data-entries/", method="GET", delay_ms=50)
    first = mount(platform)
    began = time.monotonic()
    sizes = {line.split()[4] for line in shell(f"ls -l '{first.path}/sized'").splitlines()[1:]}
    assert sizes == {"1234"}
    # One after the other they would take ten seconds and more.
    assert time.monotonic() - began < 6
    first.unmount()
    second = mount(platform, "--attr-ttl", "3600")
    platform.count()
    assert len(shell(f"ls -l '{second.path}/sized'").splitlines()) == 201
    assert platform.requests.get(ENTRY, 0) == 0


def test_past_the_search_window(mount, tmp_path_factory) -> None:
    """Enumeration by search with paging and partitioning past the search window."""
    full = Platform(tmp_path_factory.mktemp("window"))
    try:
        for number in range(4):
            full.bulk(full.dataset(f"set {number}"), 4000, size=1)
        mounted = mount(full)
        assert sorted(os.listdir(mounted.path)) == [f"set {number}" for number in range(4)]
    finally:
        full.stop()


def test_only_ones_own(mount, tmp_path_factory) -> None:
    """Filtered to the user's own unless asked; asking is enough, whatever an earlier mount has seen."""
    shared = Platform(tmp_path_factory.mktemp("shared"), "--api-key", "local-key=alice", "--api-key", "other=bob")
    try:
        theirs = shared.dataset("theirs", key="other")
        entry = shared.entry("other", name="public", content="c", dataset_id=theirs)
        body = {"share_status": "public", "permitted_accessors": {"users": None, "organizations": None}}
        shared.storage("PATCH", f"data-entries/{entry}", body, key="other")
        shared.entry(name="e", content="c", dataset_id=shared.dataset("mine"))
        own = mount(shared)
        assert os.listdir(own.path) == ["mine"]
        own.unmount()
        everything = mount(shared, "--include-shared")
        assert sorted(os.listdir(everything.path)) == ["mine", "theirs"]
        everything.unmount()
        assert os.listdir(mount(shared).path) == ["mine"]
    finally:
        shared.stop()


def test_entered_by_id(mount, platform: Platform) -> None:
    """Datasets the listing cannot find still open by name or id: `cd mnt/<dataset-id>` works and stays listed from
    then on."""
    hidden = platform.dataset("without entries")
    mounted = mount(platform)
    assert "without entries" not in os.listdir(mounted.path)
    assert os.listdir(mounted / hidden) == []
    assert hidden in os.listdir(mounted.path)
    mounted.unmount()
    assert hidden in os.listdir(mount(platform).path)


def test_named_in_configuration(mount, platform: Platform, home) -> None:
    """Datasets named in the configuration are always listed."""
    empty = platform.dataset("configured")
    key = home.folder / "key"
    (home.folder / "config/datasetfs").mkdir(parents=True)
    key.write_text("local-key")
    key.chmod(0o600)
    (home.folder / "config/datasetfs/config.yaml").write_text(
        f"stores:\n  lab:\n    address: {platform.store}\n    api-key-file: {key}\n    datasets: [{empty}]\n"
    )
    del home.environment["EDISON_PLATFORM_API_KEY"]
    mounted = mount("lab:")
    assert "configured" in os.listdir(mounted.path)
    line = home.datasetfs("ls").stdout.split()
    assert line == ["lab:", platform.store, str(mounted.path)]
    assert "configured/" in home.datasetfs("ls", "lab:").stdout


def test_outside_of_datasets(mount, platform: Platform) -> None:
    """Entries outside any dataset appear in `mnt/` directly."""
    platform.plant(name="loose", content="x", file_path="loose.txt", raw={"dataset_id": None})
    assert (mount(platform) / "loose.txt").read_text() == "x"


def test_stable_offsets(mount, platform: Platform) -> None:
    """Directory listing offsets are stable while a directory is open, whatever changes meanwhile."""
    dataset = platform.dataset("moving")
    platform.bulk(dataset, 3000, size=1, kind="text")
    mounted = mount(platform, "--attr-ttl", "0")
    with os.scandir(mounted / "moving") as entries:
        seen = [next(entries).name for _ in range(10)]
        for number in range(20):
            platform.entry(name=f"added-{number}", content="x", dataset_id=dataset)
        os.listdir(mounted / "moving")
        seen += [entry.name for entry in entries]
    assert len(seen) == len(set(seen))
    assert {f"entry-{number:06}" for number in range(3000)} <= set(seen)
