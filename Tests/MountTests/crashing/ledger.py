"""What must be found after a crash, from what one writer wrote down before and after each of its operations."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from .content import Recipe

DIRECTORY = "directory"
State = dict[str, "Recipe | str"]
"""By path: the recipe of a file, or DIRECTORY."""


def applied(state: State, operation: dict) -> State:
    """The state after an operation."""
    after = dict(state)
    kind, path = operation["do"], operation["path"]
    if kind == "write":
        after[path] = recipe(operation["recipe"])
    elif kind == "mkdir":
        after[path] = DIRECTORY
    elif kind in ("unlink", "rmdir"):
        del after[path]
    elif kind == "rename":
        target = operation["to"]
        for each in [each for each in state if each == path or each.startswith(path + "/")]:
            after[target + each[len(path) :]] = after.pop(each)
    else:
        raise ValueError(f"no such operation: {kind}")
    return after


def possible(state: State, operation: dict) -> list[State]:
    """The states in which an operation that was not acknowledged may have left things: not at all or wholly done."""
    after = applied(state, operation)
    states = [state, after]
    kind, path = operation["do"], operation["path"]
    if kind == "write" and path not in state:
        # It was made and never closed.
        states.append({**state, path: ()})
    elif kind == "rename":
        # The old name, the new name or both, never neither.
        states.append({**state, **after})
    return states


def recipe(steps: list) -> Recipe:
    return tuple(tuple(tuple(part) if isinstance(part, list) else part for part in step) for step in steps)


@dataclass
class Round:
    """What one writer's log says of one round."""

    operations: list[dict] = field(default_factory=list)
    acknowledged: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    """Answered by an error that says that nothing was done."""
    failed: dict[int, tuple[int, float]] = field(default_factory=dict)
    """By number: errno and time."""

    @classmethod
    def read(cls, log: Path) -> Round:
        made = cls()
        for line in log.read_text().splitlines():
            word, _, rest = line.partition(" ")
            if word == "do":
                made.operations.append(json.loads(rest))
            elif word == "done":
                made.acknowledged.add(int(rest))
            elif word == "refused":
                made.refused.add(int(rest))
            elif word == "failed":
                number, code, when = rest.split()
                made.failed[int(number)] = (int(code), float(when))
        return made

    def outcome(self, state: State) -> list[State]:
        """All states that keep every acknowledgement; the first is the one where nothing was lost or won."""
        for position, operation in enumerate(self.operations):
            if operation["number"] in self.acknowledged:
                state = applied(state, operation)
            elif operation["number"] not in self.refused:
                assert position == len(self.operations) - 1, "the writer went on after a failure"
                return possible(state, operation)
        return [state]
