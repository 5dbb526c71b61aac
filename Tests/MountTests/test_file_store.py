"""`file:DIR` and `memory:` behind the same mount."""

from __future__ import annotations

import os
from pathlib import Path

from harness.process import eventually, run, shell


def test_directory(mount, tmp_path: Path) -> None:
    """`file:DIR`: a directory in the layout of gufe's FileStorage."""
    folder = tmp_path / "store"
    (folder / "a/b").mkdir(parents=True)
    content = os.urandom(3_000_000)
    (folder / "a/b/data.bin").write_bytes(content)
    (folder / "a/empty").write_bytes(b"")
    mounted = mount(f"file:{folder}", "--attr-ttl", "1")
    run("cp", "-r", mounted.path, tmp_path / "copy")
    assert shell(f"diff -r '{folder}' '{tmp_path}/copy'") == ""
    (folder / "new").write_text("new")
    assert eventually(lambda: "new" in os.listdir(mounted.path), within=6)
    assert (mounted / "new").read_text() == "new"


def test_links_are_links(mount, tmp_path: Path) -> None:
    """A symbolic link of the directory is shown as one; the store itself does not follow it."""
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / "in").write_text("in")
    (folder / "out").symlink_to("/nowhere/at/all")
    mounted = mount(f"file:{folder}")
    assert os.readlink(mounted / "out") == "/nowhere/at/all"
    assert run("cat", mounted / "out", status=1).stderr.endswith("No such file or directory\n")
    assert run("grep", "-r", "in", mounted.path).stdout.endswith("in:in\n")


def test_memory(mount) -> None:
    """`memory:`: an empty store that ends with the process."""
    mounted = mount("memory:")
    assert os.listdir(mounted.path) == []
    assert run("df", mounted.path).stdout
