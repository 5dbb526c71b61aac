"""What the platform's own Python client finds at the store: the other client of every test that writes."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .platform import KEY, Platform

# The client would ask the internet for a table of prices that nobody needs here.
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")

SOURCE = "datasetfs-source:"


@dataclass
class Found:
    """One entry, with its place in the tree."""

    path: str
    id: str
    status: str
    is_directory: bool
    raw: Any


class Reader:
    """Reads a platform by its Python client, past every mount and proxy."""

    def __init__(self, platform: Platform, key: str = KEY) -> None:
        from edison_client import EdisonClient

        self.client = EdisonClient(service_uri=platform.direct_url, api_key=key)

    def close(self) -> None:
        self.client.close()

    def entries(self, dataset: str) -> list[Found]:
        """All entries of a dataset, each with its path; two of one path stand here twice.

        Those that only hold a newer content of another entry, and say so by their tag, count as part of that one.
        """
        everything = self.client.get_dataset(dataset).data_storage_entries
        raw = [entry for entry in everything if not held_for(entry)]
        by_id = {str(entry.id): entry for entry in raw}

        def path(entry: Any) -> str:
            name = shown_name(entry.name, entry.file_path)
            if not entry.parent_id:
                return name
            above = by_id.get(str(entry.parent_id))
            return f"{path(above) if above else '(its directory is gone)'}/{name}"

        return [
            Found(path(entry), str(entry.id), entry.status, entry.content is None and entry.file_path is None, entry)
            for entry in raw
        ]

    def left_behind(self, dataset: str) -> list[str]:
        """Names of entries that hold a content for another one, which is gone."""
        everything = self.client.get_dataset(dataset).data_storage_entries
        known = {str(entry.id) for entry in everything}
        return [entry.name for entry in everything if held_for(entry) and held_for(entry) not in known]

    def files(self, dataset: str) -> dict[str, bytes]:
        """The content of every file by its path.

        Two entries of one path, and one that is not active, fail the test that asks.
        """
        found = self.entries(dataset)
        paths = [entry.path for entry in found]
        twice = sorted({path for path in paths if paths.count(path) > 1})
        assert not twice, f"entries stand twice: {twice}"
        unfinished = {entry.path: entry.status for entry in found if entry.status != "active"}
        assert not unfinished, f"entries were left unfinished: {unfinished}"
        return {entry.path: self.content(entry) for entry in found if not entry.is_directory}

    def directories(self, dataset: str) -> set[str]:
        return {entry.path for entry in self.entries(dataset) if entry.is_directory}

    def content(self, entry: Found) -> bytes:
        if entry.raw.content is not None:
            return entry.raw.content.encode()
        if entry.path.endswith(".zip"):
            # The client unpacks what is a zip file; its bytes are asked for as it would.
            location = self.client.get_data_storage_entry(entry.id).storage_locations[0]
            import httpx

            answer = httpx.get(location.storage_config.signed_url, timeout=60)
            answer.raise_for_status()
            return answer.content
        fetched = self.client.fetch_data_from_storage(entry.id)
        if not isinstance(fetched, Path):
            return fetched.content.encode()
        try:
            return fetched.read_bytes()
        except IsADirectoryError as error:
            raise AssertionError(f"{entry.path} came as an archive") from error
        finally:
            shutil.rmtree(fetched.parent, ignore_errors=True)

    def identity(self, dataset: str, path: str) -> str:
        return next(entry.id for entry in self.entries(dataset) if entry.path == path)

    def revisions(self, dataset: str, path: str) -> int:
        """How many published versions the entry of that path has had."""
        identity = self.identity(dataset, path)
        history = self.client.list_data_storage_revisions(identity, limit=100).revisions
        return len(history)


def shown_name(name: str, file_path: str | None) -> str:
    """The entry's name; when it has no extension and the entry's file path has one, that extension is appended."""
    extension = Path(file_path).suffix if file_path else ""
    return name + extension if extension and not Path(name).suffix else name


def held_for(entry: Any) -> str | None:
    """The entry whose content this one holds."""
    return next((tag[len(SOURCE) :] for tag in entry.tags or [] if tag.startswith(SOURCE)), None)
