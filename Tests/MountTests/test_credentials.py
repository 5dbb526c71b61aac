"""Tokens and signed URLs that expire while they are in use; secrets that stay secret."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.content import pattern
from harness.platform import Platform
from harness.process import shell


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Tokens live for two seconds, signed URLs for one."""
    running = Platform(tmp_path_factory.mktemp("hasty"), "--token-lifetime", "2", "--signed-url-lifetime", "1")
    yield running
    running.stop()


def test_url_expires_in_mid_read(mount, hasty: Platform) -> None:
    """A file entry is served from its signed URL; an expired URL is replaced by a fresh one in mid-read, invisibly."""
    size = 40_000_000
    hasty.object("slow.bin", size, hasty.dataset("urls"), "random:1")
    path = mount(hasty) / "urls/slow.bin"
    with path.open("rb", buffering=0) as file:
        for place in range(0, size - 4096, 9_000_001):
            assert os.pread(file.fileno(), 4096, place) == pattern("random:1", place, 4096)
            time.sleep(1.1)


def test_token_expires_in_mid_run(mount, hasty: Platform) -> None:
    """Token refreshed once on 401/403."""
    dataset = hasty.dataset("tokens")
    mounted = mount(hasty, "--attr-ttl", "0")
    for number in range(3):
        hasty.entry(name=f"e{number}", content="x" * number, dataset_id=dataset)
        assert (mounted / f"tokens/e{number}").read_text() == "x" * number
        time.sleep(2.2)
    assert mounted.errors == []


def test_no_secrets(mount, hasty: Platform, home) -> None:
    """No token, key or signed URL ever appears in a name, an xattr, a log line or a manifest."""
    dataset = hasty.dataset("secrets")
    hasty.object("file.bin", 5000, dataset)
    hasty.entry(
        name="link",
        content="https://example.org/",
        dataset_id=dataset,
        existing_location={
            "storage_type": "link",
            "content_type": "text",
            "location": "https://example.org/",
            "metadata": {"api_key": "very-secret"},
        },
    )
    mounted = mount(hasty, "--log-level", "trace", "--list-all-xattrs")
    (mounted / "secrets/file.bin").read_bytes()
    hasty.fault(path="/storage/objects", status=403)
    hasty.fault(path="/data-entries/", status=403)
    shell(f"cat '{mounted.path}/secrets/'* >/dev/null 2>&1; true")
    hasty.heal()
    token = hasty.tokens.get("local-key", "no-token")
    shown = [(mounted / f".datasetfs/{name}").read_bytes() for name in ("status", "errors", "config")]
    for path in [mounted / "secrets", mounted / "secrets/file.bin"]:
        shown += [os.getxattr(path, name) for name in os.listxattr(path)]
    shown.append(subprocess.run(["getfattr", "-dh", "-m-", str(mounted / "secrets/link")], capture_output=True).stdout)
    shown += [path.read_bytes() for path in Path(home.environment["XDG_STATE_HOME"]).rglob("*") if path.is_file()]
    shown += [path.read_bytes() for path in Path(home.environment["XDG_CACHE_HOME"]).rglob("*") if path.is_file()]
    text = b"\n".join(shown)
    for secret in (b"local-key", token.encode(), b"signature=", b"Signature=", b"very-secret", b"Bearer ey"):
        assert secret not in text, secret
    arguments = Path(f"/proc/{mounted.process}/cmdline").read_bytes()
    assert b"local-key" not in arguments
