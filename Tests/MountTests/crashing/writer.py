"""Writes below one directory until it is told to end or its mount dies; a program of its own.

    writer.py DIRECTORY LOG SEED STATE LARGEST

Before each operation it appends `do {…}` to the log, after it `done NUMBER`, `refused NUMBER` or `failed NUMBER ERRNO TIME`. STATE is a JSON
file with what is there already. A failure ends it: what a broken mount answers next proves nothing.
"""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from crashing.content import bytes_of, is_text, size  # noqa: E402
from crashing.ledger import DIRECTORY, State, applied, recipe  # noqa: E402

FILES = [f"file{number}{suffix}" for number in range(4) for suffix in (".txt", ".bin", ".csv", "")]
DIRECTORIES = ["", "north/", "south/", "south/pole/"]


class Writer:
    def __init__(self, top: str, log: str, seed: int, state: State, largest: int) -> None:
        self.top = top
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self.random = random.Random(seed)
        self.state = state
        self.largest = largest
        self.number = 0
        self.is_over = False
        signal.signal(signal.SIGTERM, self.end)

    def end(self, *_: object) -> None:
        """After what is under way."""
        self.is_over = True

    def run(self) -> None:
        while not self.is_over:
            operation = self.choose()
            self.number += 1
            operation["number"] = self.number
            self.note("do " + json.dumps(operation))
            try:
                self.perform(operation)
            except OSError as error:
                if error.errno == errno.EXDEV and operation["do"] == "rename":
                    # As between file systems: whoever moves a directory copies it. Nothing was done.
                    self.note(f"refused {self.number}")
                    continue
                self.note(f"failed {self.number} {error.errno} {time.monotonic()}")
                return
            self.note(f"done {self.number}")
            self.state = applied(self.state, operation)

    def note(self, line: str) -> None:
        os.write(self.log, line.encode() + b"\n")

    # What is done next

    def choose(self) -> dict:
        while True:
            kind = self.random.choices(
                ["new", "append", "patch", "truncate", "replace", "rename", "move", "unlink", "mkdir", "rmdir"],
                [30, 15, 8, 4, 10, 8, 2, 10, 6, 3],
            )[0]
            operation = getattr(self, "choose_" + kind)()
            if operation is not None:
                return operation

    def files(self) -> list[str]:
        return [path for path, what in self.state.items() if what != DIRECTORY]

    def directories(self) -> list[str]:
        return [each for each in DIRECTORIES if not each or self.state.get(each[:-1]) == DIRECTORY]

    def place(self) -> str:
        return self.random.choice(self.directories()) + self.random.choice(FILES)

    def amount(self) -> int:
        limit = self.random.choices([0, 300, 60_000, 2_000_000, 20_000_000], [8, 35, 40, 14, 3])[0]
        return self.random.randint(0, min(limit, self.largest))

    def step(self, path: str) -> list:
        return ["a", [self.random.getrandbits(48), self.amount(), is_text(path)]]

    def choose_new(self) -> dict | None:
        path = self.place()
        if self.state.get(path) == DIRECTORY:
            return None
        syncs = self.random.random() < 0.2
        return {"do": "write", "path": path, "recipe": [self.step(path)], "how": "new", "sync": syncs}

    def changed(self, how: str, make) -> dict | None:
        files = [path for path in self.files() if size(self.state[path]) <= self.largest]
        if not files:
            return None
        path = self.random.choice(files)
        steps = [*self.state[path], make(path, size(self.state[path]))]
        return {"do": "write", "path": path, "recipe": steps, "how": how, "sync": self.random.random() < 0.2}

    def choose_append(self) -> dict | None:
        return self.changed("append", lambda path, _: self.step(path))

    def choose_patch(self) -> dict | None:
        def patch(path: str, length: int) -> list:
            place = self.random.randint(0, length)
            amount = self.random.randint(0, min(5000, length - place))
            return ["p", [self.random.getrandbits(48), amount, is_text(path)], place]

        return self.changed("patch", patch)

    def choose_truncate(self) -> dict | None:
        return self.changed("truncate", lambda _, length: ["t", self.random.randint(0, length)])

    def choose_replace(self) -> dict | None:
        """A temporary file that takes another's place: its writing is chosen here, its renaming comes by itself."""
        temporary = [path for path in self.files() if path.rpartition("/")[2].startswith("tmp")]
        if temporary:
            path = self.random.choice(temporary)
            target = path.rpartition("/")[0]
            target = (target + "/" if target else "") + self.random.choice(FILES)
            return {"do": "rename", "path": path, "to": target}
        name = "tmp" + "".join(self.random.choices("abcdefgh0123", k=8))
        path = self.random.choice(self.directories()) + name
        return {"do": "write", "path": path, "recipe": [self.step(path)], "how": "new", "sync": self.random.random() < 0.5}

    def choose_rename(self) -> dict | None:
        files = self.files()
        if not files:
            return None
        path, target = self.random.choice(files), self.place()
        if path == target or self.state.get(target) == DIRECTORY:
            return None
        return {"do": "rename", "path": path, "to": target}

    def choose_move(self) -> dict | None:
        """A directory with all that is in it."""
        if "north" in self.state and "east" not in self.state:
            return {"do": "rename", "path": "north", "to": "east"}
        if "east" in self.state and "north" not in self.state:
            return {"do": "rename", "path": "east", "to": "north"}
        return None

    def choose_unlink(self) -> dict | None:
        files = self.files()
        return {"do": "unlink", "path": self.random.choice(files)} if files else None

    def choose_mkdir(self) -> dict | None:
        missing = [each[:-1] for each in DIRECTORIES if each and each[:-1] not in self.state]
        missing = [each for each in missing if "/" not in each or each.rpartition("/")[0] in self.state]
        missing = [each for each in missing if each != "north" or "east" not in self.state]
        return {"do": "mkdir", "path": self.random.choice(missing)} if missing else None

    def choose_rmdir(self) -> dict | None:
        empty = [
            path
            for path, what in self.state.items()
            if what == DIRECTORY and not any(other.startswith(path + "/") for other in self.state)
        ]
        return {"do": "rmdir", "path": self.random.choice(empty)} if empty else None

    # Doing it

    def perform(self, operation: dict) -> None:
        path = f"{self.top}/{operation['path']}"
        kind = operation["do"]
        if kind == "write":
            self.write(path, operation)
        elif kind == "rename":
            os.rename(path, f"{self.top}/{operation['to']}")
        else:
            getattr(os, kind)(path)

    def write(self, path: str, operation: dict) -> None:
        step = operation["recipe"][-1]
        flags = {
            "new": os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
            "append": os.O_WRONLY | os.O_APPEND,
            "patch": os.O_RDWR,
            "truncate": os.O_RDWR,
        }[operation["how"]]
        file = os.open(path, flags, 0o644)
        try:
            if step[0] == "t":
                os.ftruncate(file, step[1])
            else:
                data = memoryview(bytes_of(tuple(step[1])))
                place = step[2] if step[0] == "p" else 0
                start = 0
                # A mount that dies in the middle of a write answers that it took a part.
                while start < len(data):
                    part = data[start : start + 300_000]
                    start += os.pwrite(file, part, place + start) if step[0] == "p" else os.write(file, part)
            if operation["sync"]:
                os.fsync(file)
        except BaseException:
            try:
                os.close(file)
            except OSError:
                pass
            raise
        os.close(file)


if __name__ == "__main__":
    _, directory, log_file, seed_text, state_file, largest_text = sys.argv
    there = json.loads(Path(state_file).read_text())
    known = {path: what if what == DIRECTORY else recipe(what) for path, what in there.items()}
    Writer(directory, log_file, int(seed_text), known, int(largest_text)).run()
