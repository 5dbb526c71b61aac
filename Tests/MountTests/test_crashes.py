"""`kill -9` at random moments while several processes write: nothing acknowledged is lost, nothing stands twice.

`--kills NUMBER` and `--seed NUMBER` make a longer run, and the same one again.
"""

from __future__ import annotations

import concurrent.futures
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crashing.content import digest, told
from crashing.lane import DIRECTORY, Found, Lane, Tally, digests, expected
from crashing.ledger import Round, applied
from harness.platform import Platform
from harness.reader import Reader

LANES = [("platform", "through"), ("platform", "back"), ("folder", "through"), ("folder", "back")]


class PlatformLane(Lane):
    """A dataset; the platform's Python client looks."""

    def __init__(self, platform: Platform, folder: Path, durability: str, seed: int, **options) -> None:
        super().__init__(folder, platform.store, durability, self.found, seed, top=folder.name, **options)
        self.reader = Reader(platform)

    def on_begun(self, mount) -> None:
        self.dataset = os.getxattr(mount / self.top, "user.datasetfs.id").decode()

    def found(self) -> Found:
        found = {path: told(content) for path, content in self.reader.files(self.dataset).items()}
        return found | {path: DIRECTORY for path in self.reader.directories(self.dataset)}

    def left_behind(self) -> list[str]:
        return self.reader.left_behind(self.dataset)

    def clean_up(self) -> None:
        super().clean_up()
        self.reader.close()


def folder_lane(folder: Path, durability: str, seed: int, **options) -> Lane:
    store = folder / "store"
    store.mkdir(parents=True)
    return Lane(folder, f"file:{store}", durability, lambda: digests(store / "lane"), seed, **options)


def strays(platform: Platform) -> list[str]:
    """Entries in no dataset, or not finished: what uploads leave behind."""
    database = next(path for path in platform.root.rglob("*") if path.suffix in (".sqlite", ".db"))
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as rows:
        question = "SELECT name || ' ' || status FROM entry WHERE NOT deleted AND (dataset_id IS NULL OR status <> 'active')"
        return [row[0] for row in rows.execute(question)]


def run_all(lanes: list[Lane], kills: int) -> Tally:
    with concurrent.futures.ThreadPoolExecutor(len(lanes)) as pool:
        runs = [pool.submit(lane.go, kills // len(lanes)) for lane in lanes]
        concurrent.futures.wait(runs, return_when=concurrent.futures.FIRST_EXCEPTION)
        for lane in lanes:
            lane.is_over = True
    failures = [run.exception() for run in runs if run.exception()]
    if failures:
        raise failures[0] if len(failures) == 1 else AssertionError("\n".join(map(str, failures)))
    total = Tally()
    for run in runs:
        total.add(run.result())
    return total


@pytest.fixture
def lanes(platform: Platform, tmp_path: Path, seed: int) -> Iterator[list[Lane]]:
    print(f"seed {seed}")
    made: list[Lane] = []
    for number, (kind, durability) in enumerate(LANES):
        folder = tmp_path / f"{kind}-{durability}"
        if kind == "platform":
            made.append(PlatformLane(platform, folder, durability, seed + number))
        else:
            made.append(folder_lane(folder, durability, seed + number))
    yield made
    for lane in made:
        lane.clean_up()


@pytest.mark.timeout(3600)
def test_kills(lanes: list[Lane], platform: Platform, request: pytest.FixtureRequest, writable, seed: int) -> None:
    """Nothing acknowledged is lost. What `close` or `fsync` answered 0 for is at the store, or (write-back mode) in a journal
    that survives `kill -9` and power loss, and is uploaded by the next mount."""
    kills = request.config.getoption("--kills")
    began = time.monotonic()
    total = run_all(lanes, kills)
    print(f"seed {seed}: {total} in {time.monotonic() - began:.0f} s")
    assert strays(platform) == []
    for lane in lanes:
        assert lane.left_behind() == [], f"{lane}: entries of what is gone were left"
    assert total.kills >= kills // len(lanes) * len(lanes)
    # A run in which nothing was at stake proves nothing.
    assert total.acknowledged > total.kills and total.under_way > 0 and total.waiting > 0


# The harness itself, without any mount


def test_ledger(tmp_path: Path) -> None:
    """What one writer's log allows."""
    log = tmp_path / "log"
    write = '{"do": "write", "path": "%s", "number": %d, "recipe": [["a", [%d, 10, false]]], "how": "new", "sync": false}'
    lines = ["do " + write % ("a", 1, 7), "done 1", 'do {"do": "mkdir", "path": "d", "number": 2}', "done 2"]
    lines += ['do {"do": "rename", "path": "a", "to": "d/b", "number": 3}', "failed 3 107 12.5"]
    log.write_text("\n".join(lines))
    done = Round.read(log)
    recipe = (("a", (7, 10, False)),)
    old, new = {"a": recipe, "d": DIRECTORY}, {"d": DIRECTORY, "d/b": recipe}
    assert done.outcome({}) == [old, new, old | new]
    assert done.failed == {3: (107, 12.5)}
    assert expected(old) == {"a": digest(recipe), "d": DIRECTORY}
    assert applied(new, {"do": "rename", "path": "d", "to": "e"}) == {"e": DIRECTORY, "e/b": recipe}
    log.write_text("\n".join([*lines[:1], "failed 1 107 1"]))
    assert Round.read(log).outcome({}) == [{}, {"a": recipe}, {"a": ()}]
    assert Round.read(log).outcome({"a": ()}) == [{"a": ()}, {"a": recipe}]


def test_writers(tmp_path: Path, seed: int) -> None:
    """The writers do what they say: on an ordinary directory everything is where the logs say."""
    lane = Lane(tmp_path / "native", "none:", "through", dict, seed, largest=100_000)
    for crew in lane.crews:
        (lane.place / lane.top / crew.name).mkdir(parents=True)
    for _ in range(3):
        lane.rounds += 1
        running = [(crew, *lane.start(crew)) for crew in lane.crews]
        time.sleep(0.7)
        for crew, writer, log in running:
            writer.terminate()
            assert writer.wait(timeout=20) == 0
            done = Round.read(log)
            assert len(done.acknowledged) == len(done.operations) > 20
            [crew.state] = done.outcome(crew.state)
            assert digests(lane.place / lane.top / crew.name) == expected(crew.state), f"seed {seed}"
            log.unlink()


class StubMount:
    """A mount that has nothing to do any more."""

    pending = 0

    def sync(self, timeout: float) -> None: ...

    def unmount(self) -> None: ...


GOOD = {"a": (("a", (1, 10, False)),), "d": DIRECTORY, "d/b": (("a", (2, 0, False)),)}
KNOWN = (("a", (3, 10, False)),)
WRONG = {
    "a lost file": {path: what for path, what in GOOD.items() if path != "d/b"},
    "a lost directory": {"a": GOOD["a"]},
    "older content": GOOD | {"a": KNOWN},
    "half of it": GOOD | {"a": (("a", (1, 10, False)), ("t", 5))},
    "an emptied file": GOOD | {"a": ()},
    "what nobody wrote": GOOD | {"a.conflict-host-time": KNOWN},
}


@pytest.mark.parametrize("found", [GOOD, *WRONG.values()], ids=["all is there", *WRONG])
def test_what_is_wrong_is_noticed(tmp_path: Path, found: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check itself: it passes what was acknowledged and nothing else."""
    there = {f"writer0/{path}": what for path, what in expected(found).items()}
    lane = Lane(tmp_path / "lane", "none:", "through", lambda: there | {"writer0": DIRECTORY}, 1, writers=1)
    monkeypatch.setattr(lane, "mount", StubMount)
    lane.crews[0].possible = [GOOD]
    if found == GOOD:
        lane.check()
    else:
        with pytest.raises(AssertionError, match="at the store"):
            lane.check()
