"""Places where a test writes: a mounted store, or an ordinary directory that proves the test itself."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Callable
from pathlib import Path

from .mounting import Mount
from .platform import Platform
from .reader import Reader

# The patterns of names that are kept locally and never published.
IGNORED = [".git", "__pycache__", "*.pyc", ".DS_Store", "node_modules"]
SCRATCH = [".*.sw?", "4913", "*~", ".#*", ".~lock.*#", "._*"]
# Where databases keep what belongs to a moment.
BESIDE_DATABASES = ["*-journal", "*-wal", "*-shm"]


def is_local(path: str) -> bool:
    """Whether such a path is kept locally: one of its names matches."""
    patterns = IGNORED + SCRATCH + BESIDE_DATABASES
    return any(fnmatch.fnmatchcase(name, pattern) for name in path.split("/") for pattern in patterns)


def regular_files(top: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(top)): path.read_bytes()
        for path in sorted(top.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


class Tree:
    """An empty directory to write in, and what others find of it."""

    path: Path

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def settle(self) -> None:
        """Waits until everything is at the store."""

    def files(self) -> dict[str, bytes]:
        """What another client reads, by path, once all is at the store."""
        raise NotImplementedError

    def directories(self) -> set[str]:
        raise NotImplementedError

    def revisions(self, path: str) -> int | None:
        """How many versions a file has had; None where nobody counts."""
        return None

    def identity(self, path: str) -> str | None:
        return None

    def names(self) -> set[str]:
        """Every name that the store was ever told since the directory was made."""
        return set()

    def saved(self, path: str, change: Callable[[], object]) -> None:
        """Makes a change, which must be one revision of the entry that was there."""
        self.settle()
        before, identity = self.revisions(path), self.identity(path)
        change()
        self.settle()
        if before is not None:
            assert self.identity(path) == identity, f"{path} became another entry"
            assert self.revisions(path) == before + 1, "one save is one revision"


class NativeTree(Tree):
    """An ordinary directory."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def files(self) -> dict[str, bytes]:
        return {path: content for path, content in regular_files(self.path).items() if not is_local(path)}

    def directories(self) -> set[str]:
        found = (str(path.relative_to(self.path)) for path in self.path.rglob("*") if path.is_dir())
        return {path for path in found if not is_local(path)}


class FolderTree(NativeTree):
    """A directory of a mounted `file:` store; another client sees the folder behind it."""

    def __init__(self, mount: Mount, folder: Path, name: str) -> None:
        super().__init__(mount / name)
        self.mount = mount
        self.folder = folder / name
        self.path.mkdir()

    def settle(self) -> None:
        self.mount.sync(30, self.path)

    def files(self) -> dict[str, bytes]:
        self.settle()
        return regular_files(self.folder)

    def directories(self) -> set[str]:
        self.settle()
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_dir()}


class PlatformTree(Tree):
    """A dataset of a mounted platform; another client is the platform's own."""

    def __init__(self, mount: Mount, platform: Platform, reader: Reader, name: str) -> None:
        self.path = mount / name
        self.mount = mount
        self.platform = platform
        self.reader = reader
        self.path.mkdir()
        self.settle()
        self.dataset = os.getxattr(self.path, "user.datasetfs.id").decode()
        platform.proxy.forget()

    def settle(self) -> None:
        self.mount.sync(30, self.path)

    def files(self) -> dict[str, bytes]:
        self.settle()
        return self.reader.files(self.dataset)

    def directories(self) -> set[str]:
        self.settle()
        return self.reader.directories(self.dataset)

    def revisions(self, path: str) -> int:
        return self.reader.revisions(self.dataset, path)

    def identity(self, path: str) -> str:
        return self.reader.identity(self.dataset, path)

    def names(self) -> set[str]:
        return self.platform.names
