"""A store that commands talk to without a mount, and what the platform's Python client finds there."""

from __future__ import annotations

import json
import subprocess
import uuid
from pathlib import Path

from .mounting import Home
from .platform import Platform
from .reader import Reader


class Store:
    """One dataset of a platform, for one test."""

    def __init__(self, home: Home, platform: Platform, reader: Reader) -> None:
        self.home = home
        self.platform = platform
        self.reader = reader
        self.name = f"lab-{uuid.uuid4().hex[:8]}"
        self.dataset = platform.dataset(self.name, "for a test")

    @property
    def root(self) -> str:
        return self.platform.store

    def at(self, path: str = "") -> str:
        """A place in the dataset, which is named by its id: no search finds an empty one."""
        return f"{self.platform.store}#{self.dataset}" + (f"/{path}" if path else "")

    def run(self, *words: str | Path, status: int = 0, **options) -> subprocess.CompletedProcess:
        return self.home.datasetfs(*words, status=status, **options)

    def json(self, *words: str | Path, status: int = 0, **options) -> object:
        return json.loads(self.run(*words, "--json", status=status, **options).stdout)

    def files(self) -> dict[str, bytes]:
        return self.reader.files(self.dataset)

    def entry(self, path: str):
        """What the client says of the entry of that path."""
        found = next(entry for entry in self.reader.entries(self.dataset) if entry.path == path)
        return self.reader.client.get_data_storage_entry(found.id)
