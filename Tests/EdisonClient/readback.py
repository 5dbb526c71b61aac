"""Reads with the platform's own client what a store wrote, and holds it against what the store was given.

    readback.py URL KEY < EXPECTED

EXPECTED is JSON: a list of {"id", "sha256", "revisions"} per entry. Clients of old know no revisions.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

from edison_client import EdisonClient


def content(fetched: object) -> bytes:
    """The bytes of what the client fetched: a text, or the path of a file that it downloaded."""
    if isinstance(fetched, Path):
        return fetched.read_bytes()
    text = getattr(fetched, "content", fetched)
    return str(text).encode()


def main() -> int:
    client = EdisonClient(service_uri=sys.argv[1], api_key=sys.argv[2])
    failures = []
    for expected in json.load(sys.stdin):
        entry = expected["id"]
        found = content(client.fetch_data_from_storage(entry))
        if hashlib.sha256(found).hexdigest() != expected["sha256"]:
            failures.append(f"{entry}: {len(found)} bytes that are not those written")
        if hasattr(client, "list_data_storage_revisions"):
            count = len(client.list_data_storage_revisions(entry).revisions)
            if count != expected["revisions"]:
                failures.append(f"{entry}: {count} revisions instead of {expected['revisions']}")
    print("\n".join(failures), file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        sys.exit(main())
