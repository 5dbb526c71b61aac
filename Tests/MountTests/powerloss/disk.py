"""What such a disk keeps: the arithmetic, without any file system call.

Everything lives in memory. Each file has the bytes that were synced and the changes since; each directory likewise. A power
cut throws changes away: all of them, or, as real disks do, a random choice of what was written to files and the end of what was done to each
directory.
"""

from __future__ import annotations

import random
import stat
import time
from dataclasses import dataclass, field

ROOT = 1


@dataclass
class Node:
    number: int
    mode: int
    data: bytearray = field(default_factory=bytearray)
    durable: bytes = b""
    changes: list[tuple] = field(default_factory=list)
    """Of a file since it was synced: `("write", place, bytes)` and `("size", size)`."""
    names: dict[bytes, int] = field(default_factory=dict)
    durable_names: dict[bytes, int] = field(default_factory=dict)
    name_changes: list[Naming] = field(default_factory=list)
    target: bytes = b""
    modified: int = field(default_factory=time.time_ns)
    opened: int = 0
    lookups: int = 0

    @property
    def is_directory(self) -> bool:
        return stat.S_ISDIR(self.mode)


@dataclass(eq=False)
class Naming:
    """One change of names; a rename between directories stands in both, and is done in both or in neither."""

    changes: list[tuple[int, bytes, int | None]]
    """Directory, name, and what it stands for from now on."""


class Disk:
    def __init__(self) -> None:
        self.nodes: dict[int, Node] = {ROOT: Node(ROOT, stat.S_IFDIR | 0o755)}
        self.next = ROOT + 1
        self.syncs = 0

    # Names

    def make(self, parent: int, name: bytes, mode: int, target: bytes = b"") -> Node:
        node = Node(self.next, mode, target=target)
        self.next += 1
        self.nodes[node.number] = node
        self.rename_all([(parent, name, node.number)])
        return node

    def remove(self, parent: int, name: bytes) -> None:
        self.rename_all([(parent, name, None)])

    def rename(self, old: tuple[int, bytes], new: tuple[int, bytes]) -> None:
        number = self.nodes[old[0]].names[old[1]]
        self.rename_all([(*old, None), (*new, number)])

    def rename_all(self, changes: list[tuple[int, bytes, int | None]]) -> None:
        naming = Naming(changes)
        for parent, name, number in changes:
            directory = self.nodes[parent]
            directory.modified = time.time_ns()
            if number is None:
                directory.names.pop(name, None)
            else:
                directory.names[name] = number
        for parent in {parent for parent, _, _ in changes}:
            self.nodes[parent].name_changes.append(naming)

    # Bytes

    def write(self, node: Node, place: int, data: bytes) -> None:
        if len(node.data) < place:
            node.data.extend(bytes(place - len(node.data)))
        node.data[place : place + len(data)] = data
        node.changes.append(("write", place, bytes(data)))
        node.modified = time.time_ns()

    def resize(self, node: Node, size: int) -> None:
        if size < len(node.data):
            del node.data[size:]
        else:
            node.data.extend(bytes(size - len(node.data)))
        node.changes.append(("size", size))
        node.modified = time.time_ns()

    # What lasts

    def sync(self, node: Node) -> None:
        self.syncs += 1
        node.durable = bytes(node.data)
        node.changes = []

    def sync_names(self, node: Node) -> None:
        self.syncs += 1
        for naming in list(node.name_changes):
            self.settle(naming)

    def settle(self, naming: Naming) -> None:
        for parent, name, number in naming.changes:
            directory = self.nodes[parent]
            if number is None:
                directory.durable_names.pop(name, None)
            else:
                directory.durable_names[name] = number
            if naming in directory.name_changes:
                directory.name_changes.remove(naming)

    def cut(self, chance: random.Random | None = None) -> None:
        """The power goes. Nothing that was not synced is left; with `chance` some of it is."""
        for node in list(self.nodes.values()):
            if chance is not None and node.name_changes:
                for naming in node.name_changes[: chance.randint(0, len(node.name_changes))]:
                    self.settle(naming)
        for node in self.nodes.values():
            kept = bytearray(node.durable)
            for change in node.changes:
                if chance is None or chance.random() < 0.5:
                    continue
                if change[0] == "size":
                    del kept[change[1] :]
                    kept.extend(bytes(change[1] - len(kept)))
                else:
                    _, place, data = change
                    kept.extend(bytes(max(0, place - len(kept))))
                    kept[place : place + len(data)] = data
            node.data = kept
            node.durable = bytes(kept)
            node.changes = []
            node.name_changes = []
            node.names = dict(node.durable_names)
            node.opened = node.lookups = 0
        self.collect()

    def collect(self) -> None:
        """Forgets what no name leads to."""
        reached, waiting = {ROOT}, [ROOT]
        while waiting:
            node = self.nodes[waiting.pop()]
            for number in [*node.names.values(), *node.durable_names.values()]:
                if number not in reached and number in self.nodes:
                    reached.add(number)
                    waiting.append(number)
        self.nodes = {number: node for number, node in self.nodes.items() if number in reached}
        for node in self.nodes.values():
            node.names = {name: number for name, number in node.names.items() if number in self.nodes}
            node.durable_names = {name: number for name, number in node.durable_names.items() if number in self.nodes}
