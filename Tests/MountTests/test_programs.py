"""Ordinary programs read a mounted platform."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from datetime import datetime
from pathlib import Path

import numpy
import pytest

from harness.content import pattern
from harness.platform import Platform
from harness.process import run, shell

SIZES = {"empty.bin": 0, "one.bin": 1, "page.bin": 4096, "odd.bin": 1_234_567}
TABLE = "id,value\n" + "".join(f"{number},{number * number}\n" for number in range(1000))
LINK = "https://example.org/a?b=c"


@pytest.fixture(scope="module")
def tree(platform: Platform) -> dict[str, bytes]:
    """A dataset “tour”: every kind of entry; gives its files by their paths."""
    dataset = platform.dataset("tour", "A dataset with everything")
    text = "héllo\nneedle\n"
    platform.entry(name="notes", content=text, file_path="notes.md", dataset_id=dataset, description="A note")
    platform.entry(name="table", content=TABLE, file_path="somewhere/table.csv", dataset_id=dataset, tags=["a", "b"])
    location = {"storage_type": "link", "content_type": "text", "location": LINK}
    platform.entry(name="home", content=LINK, dataset_id=dataset, existing_location=location)
    files = {"notes.md": text.encode(), "table.csv": TABLE.encode()}
    outer = platform.entry(name="outer", dataset_id=dataset, description="A directory")
    inner = platform.entry(name="inner dir", dataset_id=dataset, parent_id=outer)
    for name, size in SIZES.items():
        platform.object(name, size, dataset, "random:7", parent_id=inner)
        files[f"outer/inner dir/{name}"] = pattern("random:7", 0, size)
    content = os.urandom(300_000)
    platform.upload(content, name="upload", file_path="upload.dat", dataset_id=dataset, parent_id=outer)
    files["outer/upload.dat"] = content
    platform.entry(name="deep", content="needle", file_path="deep.txt", dataset_id=dataset, parent_id=inner)
    files["outer/inner dir/deep.txt"] = b"needle"
    return files


@pytest.fixture
def tour(mount, platform: Platform, tree: dict[str, bytes]) -> Path:
    return mount(platform) / "tour"


def files_below(top: Path) -> dict[str, bytes]:
    return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def test_ls(tour: Path, tree: dict[str, bytes]) -> None:
    """Sizes are right in `ls -l` without downloading content."""
    lines = shell(f"ls -lR '{tour}'").splitlines()

    shown = {line.split(maxsplit=8)[8]: int(line.split()[4]) for line in lines if line.startswith("-")}
    assert shown == {Path(path).name: len(content) for path, content in tree.items()}
    assert any(line.endswith(f"home -> {LINK}") for line in lines)


def test_find(tour: Path, tree: dict[str, bytes]) -> None:
    """`find` works."""
    found = shell(f"cd '{tour}' && find . -type f -printf '%P\\n'").splitlines()
    assert sorted(found) == sorted(tree)
    assert shell(f"find '{tour}' -type l -printf '%f %l\\n'") == f"home {LINK}\n"
    assert shell(f"cd '{tour}' && find . -type f -empty -printf '%f'") == "empty.bin"


def test_cp(tour: Path, tree: dict[str, bytes], tmp_path: Path) -> None:
    """`cp -r` works."""
    run("cp", "-r", tour, tmp_path / "copy")
    assert files_below(tmp_path / "copy") == tree
    assert os.readlink(tmp_path / "copy/home") == LINK


def test_cp_archive(tour: Path, tree: dict[str, bytes], tmp_path: Path) -> None:
    """`cp --preserve=xattr` and `rsync -X` carry descriptions in and out and trip over nothing."""
    run("cp", "-a", tour, tmp_path / "copy")
    assert files_below(tmp_path / "copy") == tree
    assert os.getxattr(tmp_path / "copy/notes.md", "user.description") == b"A note"
    assert sorted(os.listxattr(tmp_path / "copy/table.csv")) == ["user.tags"]


def test_rsync(tour: Path, tree: dict[str, bytes], tmp_path: Path) -> None:
    """`rsync -a` out works, and a second run has nothing to do."""
    run("rsync", "-aX", f"{tour}/", tmp_path / "copy")
    assert files_below(tmp_path / "copy") == tree
    assert run("rsync", "-aXi", f"{tour}/", tmp_path / "copy").stdout == ""


def test_cat_grep_md5sum_du(tour: Path, tree: dict[str, bytes]) -> None:
    """`cat`, `grep -r`, `du` and `md5sum` work."""
    assert run("cat", tour / "notes.md", text=False).stdout == tree["notes.md"]
    found = shell(f"cd '{tour}' && grep -rl needle .").splitlines()
    assert sorted(found) == ["./notes.md", "./outer/inner dir/deep.txt"]
    for line in shell(f"cd '{tour}' && find . -type f -exec md5sum {{}} +").splitlines():
        digest, _, path = line.partition("  ")
        assert digest == hashlib.md5(tree[path.removeprefix("./")]).hexdigest()
    total = int(shell(f"du -b --apparent-size -s '{tour}'").split()[0])
    directories = 3 * 4096
    assert total == sum(map(len, tree.values())) + directories + len(LINK)


def test_head_and_tail(tour: Path, tree: dict[str, bytes]) -> None:
    """`head -c` and `tail -c` work."""
    path, content = tour / "outer/inner dir/odd.bin", tree["outer/inner dir/odd.bin"]
    assert run("head", "-c", "10", path, text=False).stdout == content[:10]
    assert run("tail", "-c", "10", path, text=False).stdout == content[-10:]
    assert shell(f"dd if='{path}' bs=1000 skip=700 count=2 status=none | md5sum").split()[0] == (
        hashlib.md5(content[700_000:702_000]).hexdigest()
    )


def test_mapped(tour: Path, tree: dict[str, bytes]) -> None:
    """`mmap` for reading works: python `mmap` and `numpy.memmap`."""
    program = """
import mmap, sys, hashlib, numpy
with open(sys.argv[1], "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as view:
    print(hashlib.md5(view).hexdigest())
print(int(numpy.memmap(sys.argv[1], dtype="<u2", mode="r", offset=1000, shape=(50000,)).astype("u8").sum()))
"""
    path, content = tour / "outer/inner dir/odd.bin", tree["outer/inner dir/odd.bin"]
    digest, total = run(sys.executable, "-c", program, path).stdout.split()
    assert digest == hashlib.md5(content).hexdigest()
    assert int(total) == int(numpy.frombuffer(content, "<u2", 50000, 1000).astype("u8").sum())


def test_pandas(tour: Path) -> None:
    """A table is read as from any directory."""
    program = "import pandas, sys; print(int(pandas.read_csv(sys.argv[1]).value.sum()))"
    assert int(run(sys.executable, "-c", program, tour / "table.csv").stdout) == sum(n * n for n in range(1000))


def test_findmnt_and_df(tour: Path, platform: Platform) -> None:
    """The mount has a type of its own, and `statfs` never waits for the network."""
    line = run("findmnt", "-n", "-t", "fuse.datasetfs", "-o", "SOURCE,FSTYPE", tour.parent).stdout.split()
    assert line == [platform.store, "fuse.datasetfs"]
    platform.fault(delay_ms=20_000)
    assert int(run("df", "--output=size", tour.parent, timeout=3).stdout.split()[-1]) > 0


def test_read_only(mount, platform: Platform, tree: dict[str, bytes]) -> None:
    """Store or mount is read-only: EROFS. Entries can be read and not written."""
    tour = mount(platform, "-o", "ro") / "tour"
    status = os.stat(tour / "notes.md")
    assert (stat.filemode(status.st_mode & ~0o222), status.st_nlink) == ("-r--r--r--", 1)
    assert stat.filemode(os.stat(tour).st_mode & ~0o222) == "dr-xr-xr-x"
    changes = ["touch new", "echo x > notes.md", "echo x >> notes.md", "rm notes.md", "mkdir d", "rmdir outer"]
    changes += ["mv notes.md n", "ln -s https://example.org/ n", "truncate -s 0 notes.md", "chmod 600 notes.md"]
    changes += ["setfattr -n user.description -v new notes.md"]
    for line in changes:
        done = run("bash", "-c", line, cwd=tour, status=None)
        assert done.returncode != 0 and "Read-only file system" in done.stderr, (line, done.stderr)


def test_numbers_survive(mount, platform: Platform, tree: dict[str, bytes]) -> None:
    """Inode numbers are stable across remounts of the same store and cache."""

    def numbers(top: Path) -> dict[str, int]:
        return {str(path): path.lstat().st_ino for path in top.rglob("*")}

    first = mount(platform)
    before = numbers(first / "tour")
    first.unmount()
    assert numbers(mount(platform) / "tour") == before


def test_times(tour: Path, platform: Platform) -> None:
    """mtime = modified_at."""
    identifier = os.getxattr(tour / "notes.md", "user.datasetfs.id").decode()
    entry = platform.storage("GET", f"data-entries/{identifier}")["data_storage"]
    expected = datetime.fromisoformat(entry["modified_at"]).timestamp()
    assert abs(os.stat(tour / "notes.md").st_mtime - expected) < 0.001
