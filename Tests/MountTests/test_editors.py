"""Editors save on a mount: one save is one revision, and scratch names never reach the store."""

from __future__ import annotations

import os
import subprocess
import sys

import pexpect
import pytest

from harness.process import run
from harness.trees import Tree

BEFORE = "one\ntwo\nthree\n"
AFTER = "one\nTWO\nthree\n"


@pytest.fixture
def note(tree: Tree) -> Tree:
    """A tree with a file that is at the store already."""
    (tree / "note.txt").write_text(BEFORE)
    tree.settle()
    assert tree.files() == {"note.txt": BEFORE.encode()}
    return tree


def check(tree: Tree, content: str = AFTER) -> None:
    assert (tree / "note.txt").read_text() == content
    assert tree.files() == {"note.txt": content.encode()}
    assert tree.names() <= {"note.txt"}, "scratch names reached the store"


VIM = {
    "as it comes": "",
    "backup, swap and undo files": "set backup swapfile updatecount=1 undofile directory=. backupdir=. backupskip= undodir=.",
    "renaming": "set writebackup backupskip= backupcopy=no swapfile updatecount=1 directory=.",
    "copying": "set writebackup backupskip= backupcopy=yes swapfile updatecount=1 directory=.",
    "synced": "set fsync nowritebackup swapfile updatecount=1 directory=.",
}


@pytest.mark.parametrize("settings", VIM.values(), ids=VIM)
def test_vim(note: Tree, settings: str) -> None:
    """Rename over a published file (what editors and `tmp + rename` do) publishes one new revision of the target and never
    uploads the temporary name. Editors' scratch names (`.*.sw?`, `4913`, `*~`, `.#*`, …) are kept locally."""
    has_swap = "updatecount=1" in settings
    words = ["vim", "-es", "-u", "NONE", "-i", "NONE", "-N"]
    if settings:
        words += ["--cmd", settings]
    words += ["note.txt", "-c", "%s/two/TWO/"]
    if has_swap:
        # It proves nothing unless there is one.
        words += ["-c", "if !filereadable('.note.txt.swp') | cquit! | endif"]
    words += ["-c", "wq"]
    note.saved("note.txt", lambda: run(*words, cwd=note.path, stdin=subprocess.DEVNULL))
    check(note)
    if "undofile" in settings:
        assert {".note.txt.un~", "note.txt~"} <= set(os.listdir(note.path))
        assert (note / "note.txt~").read_text() == BEFORE


def test_vim_saves_twice(note: Tree) -> None:
    """One save is one revision, the second as the first."""
    for word, replacement in (("two", "2"), ("2", "TWO")):
        words = ("-u", "NONE", "-i", "NONE", "note.txt", "-c", f"%s/{word}/{replacement}/", "-c", "wq")
        note.saved("note.txt", lambda: run("vim", "-es", *words, cwd=note.path, stdin=subprocess.DEVNULL))
    check(note)


def test_vim_makes_a_file(tree: Tree) -> None:
    """A new file is one entry with one revision."""
    run("vim", "-es", "-u", "NONE", "-i", "NONE", "note.txt", "-c", "normal ihello", "-c", "wq", cwd=tree.path, stdin=subprocess.DEVNULL)
    check(tree, "hello\n")
    assert tree.revisions("note.txt") in (None, 1)


@pytest.mark.parametrize("options", [[], ["--backup", "--locking"]], ids=["as it comes", "backup and lock files"])
def test_nano(note: Tree, options: list[str]) -> None:
    """Editors' scratch names are kept locally and never published."""

    def edit() -> None:
        environment = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        words = ["--ignorercfiles", *options, "+2,1", "note.txt"]
        editor = pexpect.spawn("nano", words, cwd=str(note.path), env=environment, timeout=20, dimensions=(24, 100))
        editor.expect("Exit")
        # Kills the line and types another, writes and leaves.
        editor.send("\x0b" + "TWO\r")
        editor.send("\x0f")
        editor.expect("Name to Write")
        editor.send("\r")
        editor.expect("Wrote")
        editor.send("\x18")
        editor.expect(pexpect.EOF)
        editor.close()
        assert editor.exitstatus == 0

    note.saved("note.txt", edit)
    check(note)
    if options:
        assert (note / "note.txt~").read_text() == BEFORE


def test_emacs(note: Tree) -> None:
    """Emacs: backup by renaming, a lock that is a symbolic link, and an auto-save file."""
    program = """(progn
      (setq create-lockfiles t make-backup-files t backup-enable-predicate (lambda (_) t))
      (find-file "note.txt")
      (search-forward "two") (replace-match "TWO" t)
      (lock-buffer)
      (unless (file-symlink-p ".#note.txt") (kill-emacs 3))
      (do-auto-save t)
      (save-buffer))"""
    environment = {**os.environ, "HOME": str(note.path.parent), "LC_ALL": "C.UTF-8"}
    words = ("--quick", "--batch", "--eval", program)
    note.saved("note.txt", lambda: run("emacs", *words, cwd=note.path, env=environment))
    check(note)
    assert (note / "note.txt~").read_text() == BEFORE
    assert not os.path.lexists(note / ".#note.txt")


SAVE = """
import os, sys
os.chdir(sys.argv[1])
with open("#note.txt#", "w") as file:
    file.write(sys.argv[2])
    file.flush()
    os.fsync(file.fileno())
with open("note.txt") as old, open("note.txt~", "w") as backup:
    backup.write(old.read())
os.rename("#note.txt#", "note.txt")
directory = os.open(".", os.O_RDONLY)
os.fsync(directory)
os.close(directory)
"""


def test_temporary_and_rename(note: Tree) -> None:
    """Rename over a published file publishes one new revision of the target and never uploads the temporary name: also
    where the temporary file was synced, which waits for the store."""
    note.saved("note.txt", lambda: run(sys.executable, "-c", SAVE, note.path, AFTER))
    check(note)


@pytest.mark.parametrize("options", [["-i"], ["-i.bak"]], ids=["-i", "-i.bak"])
def test_sed(note: Tree, options: list[str]) -> None:
    """`sed -i`: a temporary file beside it takes its place."""
    run("sed", *options, "s/two/TWO/", "note.txt", cwd=note.path)
    assert (note / "note.txt").read_text() == AFTER
    expected = {"note.txt": AFTER.encode()}
    if options == ["-i.bak"]:
        expected["note.txt.bak"] = BEFORE.encode()
    assert note.files() == expected
    assert note.names() <= set(expected), "scratch names reached the store"


def test_sed_is_one_revision(note: Tree) -> None:
    """One save is one revision."""
    note.saved("note.txt", lambda: run("sed", "-i", "s/two/TWO/", "note.txt", cwd=note.path))
    check(note)


def test_sort_onto_itself(note: Tree) -> None:
    """`sort -o same same`: what is read first is overwritten in place."""
    note.saved("note.txt", lambda: run("sort", "-r", "-o", "note.txt", "note.txt", cwd=note.path))
    check(note, "two\nthree\none\n")


def test_python_replace(note: Tree) -> None:
    """Python's `tempfile` and `os.replace`."""
    program = (
        "import os, sys, tempfile\n"
        "with tempfile.NamedTemporaryFile('w', dir=sys.argv[1], delete=False) as file: file.write(sys.argv[2])\n"
        "os.replace(file.name, os.path.join(sys.argv[1], 'note.txt'))\n"
    )
    note.saved("note.txt", lambda: run(sys.executable, "-c", program, note.path, AFTER))
    check(note)


def test_shell_overwrites(note: Tree) -> None:
    """`O_TRUNC` works: one revision, and not an empty one before it."""
    note.saved("note.txt", lambda: run("bash", "-c", f"printf '{AFTER}' > note.txt", cwd=note.path))
    check(note)


def test_shell_appends(note: Tree) -> None:
    """Append works: `>>` is one revision."""
    note.saved("note.txt", lambda: run("bash", "-c", "echo four >> note.txt", cwd=note.path))
    check(note, BEFORE + "four\n")


def test_opened_and_not_changed(note: Tree) -> None:
    """What nobody changed is not published anew, though it was open for writing."""
    note.settle()
    before = note.revisions("note.txt")
    program = "import os, sys\nfor flags in (os.O_RDWR, os.O_WRONLY | os.O_CREAT): os.close(os.open(sys.argv[1], flags))"
    run(sys.executable, "-c", program, note / "note.txt")
    check(note, BEFORE)
    assert note.revisions("note.txt") == before
