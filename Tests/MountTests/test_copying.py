"""Programs that bring whole trees: copies, archives, repositories, packages."""

from __future__ import annotations

import os
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from harness.process import run, shell
from harness.trees import Tree, is_local, regular_files

STAMP = 1_600_000_000


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of all kinds and sizes with old times, in directories, one of them empty."""
    top = tmp_path_factory.mktemp("source") / "project"
    (top / "data/deep er").mkdir(parents=True)
    (top / "empty").mkdir()
    contents = {
        "README.md": "# Ünïcode\r\nkept as it is\r\n".encode(),
        "bom.txt": b"\xef\xbb\xbfmarked\n",
        "empty.txt": b"",
        "latin.txt": "Grüße".encode("latin-1"),
        "data/table.csv": b"a,b\n" + b"1,2\n" * 1000,
        "data/none": b"",
        "data/random.bin": os.urandom(1_500_000),
        "data/deep er/run me.sh": b"#!/bin/sh\necho hi\n",
        "data/deep er/café.json": b'{"a": 1}\n',
    }
    for name, content in contents.items():
        (top / name).write_bytes(content)
        os.utime(top / name, (STAMP, STAMP))
    (top / "data/deep er/run me.sh").chmod(0o755)
    return top


@pytest.fixture(scope="module")
def expected(source: Path) -> dict[str, bytes]:
    return {"project/" + path: content for path, content in regular_files(source).items()}


DIRECTORIES = {"project", "project/data", "project/data/deep er", "project/empty"}


def check(tree: Tree, expected: dict[str, bytes]) -> None:
    assert regular_files(tree.path) == expected
    assert tree.files() == expected
    names = {part for path in expected for part in path.split("/")} | DIRECTORIES | {"empty"}
    assert {name for name in tree.names() if name not in names} == set()


def check_times(top: Path) -> None:
    assert {path.name for path in top.rglob("*") if path.is_file() and int(path.stat().st_mtime) != STAMP} == set()


def test_cp(tree: Tree, source: Path, expected: dict[str, bytes]) -> None:
    """`chmod`, `chown`, `utimens` are remembered locally (so `cp -p`, `tar`, `rsync -a` succeed) and shown again."""
    run("cp", "-a", source, tree.path)
    check_times(tree.path)
    check(tree, expected)
    assert tree.directories() == DIRECTORIES
    check_times(tree.path)
    assert os.access(tree / "project/data/deep er/run me.sh", os.X_OK)


@pytest.mark.parametrize("options", [[], ["--inplace"]], ids=["by renaming", "--inplace"])
def test_rsync(tree: Tree, source: Path, expected: dict[str, bytes], options: list[str]) -> None:
    """`rsync -a` with and without `--inplace`; a second run has nothing to do, a changed file is one revision."""
    words = ("rsync", "-a", "-i", *options, source, tree.path)
    run(*words)
    check_times(tree.path)
    check(tree, expected)
    again = [line for line in run(*words).stdout.splitlines() if not line.startswith(".")]
    assert again == []
    changed = dict(expected)
    changed["project/data/table.csv"] = expected["project/data/table.csv"] + b"3,4\n"
    with (tree / "project/data/table.csv").open("ab") as file:
        file.write(b"0,0\n")
    tree.saved("project/data/table.csv", lambda: run(*words))
    assert tree.files() == expected


def test_tar(tree: Tree, source: Path, expected: dict[str, bytes], tmp_path: Path) -> None:
    """`tar x`."""
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.add(source, "project")
    run("tar", "x", "-p", "-f", tmp_path / "a.tar", cwd=tree.path)
    check_times(tree.path)
    check(tree, expected)
    assert tree.directories() == DIRECTORIES


def test_unzip(tree: Tree, source: Path, expected: dict[str, bytes], tmp_path: Path) -> None:
    """`unzip`, and the archive itself beside it, which stays one."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(source.rglob("*")):
            archive.write(path, "project/" + str(path.relative_to(source)))
    run("cp", tmp_path / "a.zip", tree.path)
    run("unzip", "-q", "a.zip", cwd=tree.path)
    check(tree, {**expected, "a.zip": (tmp_path / "a.zip").read_bytes()})


def test_git(tree: Tree) -> None:
    """Files matching the ignore patterns (defaults `.git`, …) are kept locally and never published."""
    settings = "-c user.name=x -c user.email=x@example.org -c gc.auto=0 -c core.fsync=all"
    shell("git init -q -b main .", cwd=tree.path)
    (tree / "code.py").write_text("print('hello')\n")
    for number in range(5):
        (tree / "notes.md").write_text(f"version {number}\n")
        shell(f"git add . && git {settings} commit -q -m {number}", cwd=tree.path)
    shell(f"git {settings} gc -q && git fsck --strict", cwd=tree.path)
    assert shell("git log --oneline | wc -l", cwd=tree.path).strip() == "5"
    assert shell("git status --porcelain", cwd=tree.path) == ""
    shell("git checkout -q HEAD~2", cwd=tree.path)
    assert tree.files() == {"code.py": b"print('hello')\n", "notes.md": b"version 2\n"}
    assert tree.names() <= {"code.py", "notes.md"}, "the repository reached the store"


def test_pip(tree: Tree, tmp_path: Path) -> None:
    """`pip install -t`: what Python compiles stays here."""
    wheel = tmp_path / "sample-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("sample/__init__.py", "VALUE = 42\n")
        archive.writestr("sample/part/__init__.py", "")
        archive.writestr("sample/part/table.csv", "a,b\n")
        about = "sample-1.0.dist-info/"
        archive.writestr(about + "METADATA", "Metadata-Version: 2.1\nName: sample\nVersion: 1.0\n")
        archive.writestr(about + "WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(about + "RECORD", "")
    words = ("--no-index", "--no-deps", "--quiet", "--disable-pip-version-check", "--target", "site")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    run(sys.executable, "-m", "pip", "install", *words, wheel, cwd=tree.path, env=environment)
    program = "import sample; print(sample.VALUE)"
    assert run(sys.executable, "-c", program, env={**environment, "PYTHONPATH": str(tree / "site")}).stdout == "42\n"
    files = tree.files()
    assert files["site/sample/__init__.py"] == b"VALUE = 42\n" and files["site/sample/part/table.csv"] == b"a,b\n"
    assert files == {path: content for path, content in regular_files(tree.path).items() if not is_local(path)}
    assert any(path.endswith(".pyc") for path in regular_files(tree.path)), "nothing was compiled"
    assert not any(is_local(name) for name in tree.names())


def test_removal(tree: Tree, source: Path) -> None:
    """`unlink` deletes the entry; `rmdir` refuses what is not empty, although the store would cascade."""
    run("cp", "-r", source, tree.path)
    tree.settle()
    message = run("rmdir", tree / "project", status=1).stderr
    assert "not empty" in message
    run("rm", "-r", tree / "project/data")
    assert sorted(tree.files()) == ["project/README.md", "project/bom.txt", "project/empty.txt", "project/latin.txt"]
    run("rm", "-r", tree / "project")
    assert tree.files() == {} and tree.directories() == set()
    assert os.listdir(tree.path) == []


def test_renaming(tree: Tree, source: Path, expected: dict[str, bytes]) -> None:
    """Rename: unpublished files: local, atomic, any direction. Published files and directories too."""
    run("cp", "-r", source, tree.path)
    os.rename(tree / "project/bom.txt", tree / "project/empty/moved.txt")
    tree.settle()
    os.rename(tree / "project/latin.txt", tree / "project/data/lätin.txt")
    os.rename(tree / "project/data", tree / "project/data2")
    run("mv", tree / "project/README.md", tree / "README.md")
    names = {
        "project/bom.txt": "project/empty/moved.txt",
        "project/latin.txt": "project/data2/lätin.txt",
        "project/README.md": "README.md",
    }
    moved = {names.get(path, path.replace("project/data/", "project/data2/")): text for path, text in expected.items()}
    assert regular_files(tree.path) == moved
    assert tree.files() == moved
