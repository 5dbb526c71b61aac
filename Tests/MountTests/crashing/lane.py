"""One mount that is written to and killed, again and again, and then compared with what was acknowledged."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from harness.mounting import Home, Mount, is_mounted
from harness.process import DATASETFS, eventually, is_alive, run

from .content import Recipe, digest, size, told
from .ledger import DIRECTORY, Round, State, recipe

WRITER = Path(__file__).parent / "writer.py"
Found = dict[str, str]
"""What is found by path: the digest of a file's content, or DIRECTORY."""


@dataclass
class Tally:
    """What was done, for the last line and for telling a run that proved something from one that did not."""

    kills: int = 0
    acknowledged: int = 0
    under_way: int = 0
    """Operations that were neither acknowledged nor refused when the mount died."""
    kept: int = 0
    """Of these, those whose effect was there afterwards."""
    waiting: int = 0
    """Kills after which the next mount found work to do."""
    bytes: int = 0
    seconds: float = 0

    def add(self, other: Tally) -> None:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Crew:
    """One writer's directory, and the states it may be in."""

    name: str
    state: State = field(default_factory=dict)
    possible: list[State] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    """All operations, for whoever must find out why."""
    recipes: list[tuple[str, Recipe]] = field(default_factory=list)
    """All contents that ever were."""

    def told(self, text: str) -> str:
        """A message, with what was done to the paths in it."""
        paths = {word.rstrip(";:,'\"").lstrip("'\"") for word in text.split()}
        # What a conflict copy is one of.
        paths |= {re.sub(r"\.conflict-[^/]*?-[0-9T]+", "", path) for path in paths}
        moves = "'path': 'north'", "'path': 'east'"
        marks = [f"'{path}'" for path in paths] + ([*moves] if "north/" in text or "east/" in text else [])
        lines = [line for line in self.history if any(mark in line for mark in marks)]
        for what, recipe in self.recipes:
            if digest(recipe) in text and size(recipe):
                lines.append(f"{digest(recipe)} is {what}")
        return "\n    ".join([text, *lines[-12:]])


class Lane:
    """A store, a home and a mount of its own; `look` is what another client finds, by path below the lane's directory."""

    def __init__(
        self,
        folder: Path,
        store: str,
        durability: str,
        look: Callable[[], Found],
        seed: int,
        top: str = "lane",
        writers: int = 3,
        largest: int = 20_000_000,
        options: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder
        self.store = store
        self.durability = durability
        self.look = look
        self.random = random.Random(seed)
        self.seed = seed
        self.top = top
        self.largest = largest
        self.options = options
        self.crews = [Crew(f"writer{number}") for number in range(writers)]
        self.tally = Tally()
        self.is_over = False
        """Set from outside, when going on proves nothing any more."""
        self.rounds = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.home = Home(folder / "home")
        self.place = folder / "mnt"
        self.place.mkdir()
        self.made: Mount | None = None

    def __str__(self) -> str:
        return f"lane {self.folder.name}, seed {self.seed}, round {self.rounds}"

    # The mount

    def mount(self) -> Mount:
        self.made = Mount(self.home, self.store, self.place)
        # What the mount shows is compared at once: it asks the store every time.
        self.made.make("--durability", self.durability, "--attr-ttl", "0", *self.options)
        return self.made

    def kill(self) -> None:
        """`kill -9`, and the place is free again."""
        assert self.made is not None
        os.kill(self.made.process, signal.SIGKILL)
        self.tally.kills += 1
        self.free()

    def free(self) -> None:
        assert self.made is not None
        assert eventually(lambda: not is_alive(self.made.process)), f"{self}: it outlives kill -9"
        run("umount", "--lazy", self.place, status=None)
        assert not is_mounted(self.place)

    def clean_up(self) -> None:
        if self.made is not None:
            self.made.clean_up()
        run("umount", "--lazy", self.place, status=None)

    # Writing

    def begin(self) -> None:
        """The directories of all writers, at the store."""
        mount = self.mount()
        (mount / self.top).mkdir()
        for crew in self.crews:
            (mount / self.top / crew.name).mkdir()
        mount.sync()
        self.on_begun(mount)

    def on_begun(self, mount: Mount) -> None: ...

    def left_behind(self) -> list[str]:
        """What nothing leads to any more, at the store."""
        return []

    def start(self, crew: Crew) -> tuple[subprocess.Popen, Path]:
        log = self.folder / f"{crew.name}-{self.rounds}.log"
        there = self.folder / f"{crew.name}.json"
        there.write_text(json.dumps(crew.state))
        words = [self.place / self.top / crew.name, log, self.random.getrandbits(40), there, self.largest]
        log.touch()
        return subprocess.Popen([sys.executable, str(WRITER), *map(str, words)]), log

    def disturb(self, seconds: tuple[float, float] = (0.05, 0.7), kill: Callable[[], None] | None = None) -> None:
        """Writes for a random time, then kills the mount."""
        self.rounds += 1
        began = time.monotonic()
        running = [(crew, *self.start(crew)) for crew in self.crews]
        try:
            # Python itself takes a while to begin.
            eventually(lambda: all("done" in log.read_text() or writer.poll() for _, writer, log in running), within=20)
            time.sleep(self.random.uniform(*seconds))
            killed_at = time.monotonic()
            (kill or self.kill)()
            for _, writer, _ in running:
                writer.wait(timeout=60)
        finally:
            for _, writer, _ in running:
                writer.kill()
                writer.wait()
        self.tally.seconds += time.monotonic() - began
        for crew, writer, log in running:
            assert writer.returncode == 0, f"{self}: the writer itself failed"
            self.reckon(crew, Round.read(log), killed_at)
            log.unlink()

    def reckon(self, crew: Crew, done: Round, killed_at: float) -> None:
        for number, (code, when) in done.failed.items():
            operation = next(each for each in done.operations if each["number"] == number)
            shown = {key: value for key, value in operation.items() if key != "recipe"}
            told = f"{self}: {crew.name}: {shown} failed with {os.strerror(code)} while the mount was alive"
            assert when > killed_at - 0.01, crew.told(told) + self.logged(operation["path"])
        for operation in done.operations:
            number = operation["number"]
            outcome = "done" if number in done.acknowledged else "refused" if number in done.refused else "under way"
            shown = {key: value for key, value in operation.items() if key != "recipe"}
            crew.history.append(f"round {self.rounds}: {shown}: {outcome}")
            if "recipe" in operation:
                crew.recipes.append((f"round {self.rounds}: {number}: {operation['path']}", recipe(operation["recipe"])))
        crew.possible = done.outcome(crew.state)
        self.tally.acknowledged += len(done.acknowledged)
        self.tally.under_way += len(crew.possible) > 1
        written = (step for operation in done.operations for step in operation.get("recipe", [])[-1:])
        self.tally.bytes += sum(step[1][1] for step in written if step[0] != "t")

    def logged(self, path: str) -> str:
        """What the mount itself wrote about a path."""
        log = Path(self.home.environment["XDG_STATE_HOME"]) / "datasetfs/mount.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return "".join("\n    log: " + line for line in lines[-400:] if path in line)

    def interrupt_drain(self) -> None:
        """Mounts, lets it work for a moment, and kills it."""
        self.mount()
        time.sleep(self.random.uniform(0, 0.3))
        self.kill()

    def interrupt_start(self) -> None:
        """Kills a mount that has hardly begun."""
        words = [DATASETFS, "mount", self.store, str(self.place), "--foreground", "--durability", self.durability]
        process = subprocess.Popen(
            [*words, *self.options], env=self.home.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(self.random.uniform(0, 0.25))
        process.kill()
        process.wait()
        self.tally.kills += 1
        run("umount", "--lazy", self.place, status=None)

    # Checking

    def narrow(self, mount: Mount) -> None:
        """What the mount shows after a crash is what it will publish: one of the possible states."""
        self.tally.waiting += mount.pending > 0
        for crew in self.crews:
            if len(crew.possible) > 1:
                found = digests(self.place / self.top / crew.name)
                matching = [state for state in crew.possible if expected(state) == found]
                if not matching:
                    wrong = nearest(crew.possible, found)
                    raise AssertionError(crew.told(f"{self}: {crew.name} after the crash: {wrong}"))
                self.tally.kept += matching[0] is not crew.possible[0]
                crew.possible = matching[:1]
            if crew.possible:
                crew.state = crew.possible[0]

    def check(self) -> None:
        """Waits for the drain, deletes the cache, and compares what another client finds with what was acknowledged."""
        mount = self.mount()
        self.narrow(mount)
        mount.sync(timeout=120)
        mount.unmount()
        shutil.rmtree(self.home.environment["XDG_CACHE_HOME"], ignore_errors=True)
        found = self.look()
        for crew in self.crews:
            prefix = crew.name + "/"
            theirs = {path[len(prefix) :]: what for path, what in found.items() if path.startswith(prefix)}
            if theirs != expected(crew.state):
                wrong = nearest([crew.state], theirs)
                raise AssertionError(crew.told(f"{self}: {crew.name} at the store: {wrong}"))
        known = tuple(crew.name for crew in self.crews)
        stray = [path for path in found if path.partition("/")[0] not in known]
        assert not stray, f"{self}: nobody wrote {stray}"
        self.made = None

    def go(self, kills: int, between_checks: int = 10) -> Tally:
        """So many kills, some under load, some during the drain, some at the start of a mount."""
        self.begin()
        is_mounted_now = True
        while self.tally.kills < kills and not self.is_over:
            if not is_mounted_now:
                self.narrow(self.mount())
            self.disturb()
            is_mounted_now = False
            chance = self.random.random()
            if chance < 0.2:
                self.interrupt_drain()
            elif chance < 0.35:
                self.interrupt_start()
            if self.rounds % between_checks == 0:
                self.check()
        self.check()
        return self.tally


def digests(top: Path) -> Found:
    """What a directory holds."""
    found = {}
    for path in sorted(top.rglob("*")):
        name = str(path.relative_to(top))
        found[name] = DIRECTORY if path.is_dir() else told(path.read_bytes())
    return found


def expected(state: State) -> Found:
    return {path: DIRECTORY if what == DIRECTORY else digest(what) for path, what in state.items()}


def nearest(states: list[State], found: Found) -> str:
    """In words: how what was found differs from the likeliest state."""

    def differences(wanted: Found) -> list[str]:
        lines = [f"{path} is lost ({what})" for path, what in wanted.items() if path not in found]
        lines += [f"{path} came from nowhere ({what})" for path, what in found.items() if path not in wanted]
        both = [path for path in wanted if path in found and found[path] != wanted[path]]
        return lines + [f"{path} is {found[path]} instead of {wanted[path]}" for path in both]

    best = min((differences(expected(state)) for state in states), key=len)
    return "; ".join(sorted(best))
