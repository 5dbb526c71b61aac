"""Libraries that keep data in files: written on a mount, read back by another client and by the library itself."""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.content import pattern
from harness.process import run, shell
from harness.trees import Tree


def python(program: str, *words: object) -> str:
    return run(sys.executable, "-c", program, *words).stdout


# The test's directory is named after the mode: as “wal” its name would be that of a file that is kept locally.
@pytest.mark.parametrize("mode", ["delete", "truncate", "persist", "wal"], ids=["delete", "truncate", "persist", "ahead"])
def test_sqlite(tree: Tree, mode: str, tmp_path: Path) -> None:
    """`flock` and `fcntl` locks work between processes of this machine; a database is one file at the store."""
    script = (
        f"PRAGMA journal_mode={mode}; CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);\n"
        "BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<5000)"
        " INSERT INTO t SELECT i, 'row '||i FROM n; COMMIT;\n"
        "BEGIN; DELETE FROM t; ROLLBACK;\n"
        "UPDATE t SET b='changed' WHERE a % 7 = 0; VACUUM; PRAGMA integrity_check;\n"
    )
    out = shell(f"sqlite3 data.db <<'E'\n{script}E", cwd=tree.path)
    assert out.splitlines()[-1] == "ok"
    files = tree.files()
    assert set(files) == {"data.db"}
    (tmp_path / "copy.db").write_bytes(files["data.db"])
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("SELECT count(*), sum(b = 'changed') FROM t").fetchone() == (5000, 714)
    assert tree.names() <= {"data.db"}, "journals reached the store"


def test_sqlite_of_two_processes(tree: Tree, tmp_path: Path) -> None:
    """`flock` and `fcntl` locks work between processes of this machine: two writers lose no row."""
    program = (
        "import sqlite3, sys\n"
        "data = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)\n"
        "data.execute('CREATE TABLE IF NOT EXISTS t(who TEXT, n INTEGER)')\n"
        "for n in range(25): data.execute('INSERT INTO t VALUES (?, ?)', (sys.argv[2], n))\n"
        "data.close()\n"
    )
    python(program.replace("range(25)", "range(0)"), tree / "data.db", "x")
    writers = [subprocess.Popen([sys.executable, "-c", program, tree / "data.db", who]) for who in "ab"]
    assert [writer.wait(timeout=100) for writer in writers] == [0, 0]
    (tmp_path / "copy.db").write_bytes(tree.files()["data.db"])
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("SELECT who, count(*) FROM t GROUP BY who").fetchall() == [("a", 25), ("b", 25)]


def test_hdf5(tree: Tree) -> None:
    """HDF5 locks its files: made, read, changed in place and grown, without HDF5_USE_FILE_LOCKING."""
    make = (
        "import h5py, numpy, sys\n"
        "with h5py.File(sys.argv[1], 'w') as file:\n"
        "    file.create_dataset('x', data=numpy.arange(200_000).reshape(2000, 100), chunks=(100, 100), maxshape=(None, 100))\n"
        "    file['x'].attrs['unit'] = 'nm'\n"
    )
    change = (
        "import h5py, sys\n"
        "with h5py.File(sys.argv[1], 'r+') as file:\n"
        "    file['x'][5, 5] = -1\n"
        "    file['x'].resize((2100, 100)); file['x'][2000:] = 7\n"
    )
    python(make, tree / "frames.h5")
    tree.saved("frames.h5", lambda: python(change, tree / "frames.h5"))
    import h5py

    with h5py.File(io.BytesIO(tree.files()["frames.h5"])) as file:
        assert file["x"].shape == (2100, 100) and file["x"].attrs["unit"] == "nm"
        assert file["x"][5, 5] == -1 and int(file["x"][2050, 50]) == 7 and int(file["x"][1999, 99]) == 199_999
    assert tree.names() <= {"frames.h5"}


def test_parquet(tree: Tree) -> None:
    """pandas writes parquet by pyarrow and reads it back."""
    program = (
        "import pandas, sys\n"
        "table = pandas.DataFrame({'a': range(100_000), 'b': [str(n) for n in range(100_000)]})\n"
        "table.to_parquet(sys.argv[1]); table.to_csv(sys.argv[2], index=False)\n"
        "assert pandas.read_parquet(sys.argv[1]).equals(table)\n"
    )
    python(program, tree / "table.parquet", tree / "table.csv")
    import pandas

    files = tree.files()
    table = pandas.read_parquet(io.BytesIO(files["table.parquet"]))
    assert len(table) == 100_000 and table.a.sum() == 4_999_950_000
    assert pandas.read_csv(io.BytesIO(files["table.csv"])).a.sum() == 4_999_950_000


def test_numpy_memmap(tree: Tree) -> None:
    """`mmap` shared writable, by numpy."""
    program = (
        "import numpy, sys\n"
        "array = numpy.memmap(sys.argv[1], dtype='<u4', mode='w+', shape=(1000, 1000))\n"
        "array[:] = numpy.arange(1_000_000).reshape(1000, 1000); array.flush(); del array\n"
        "array = numpy.memmap(sys.argv[1], dtype='<u4', mode='r+', shape=(1000, 1000)); array[500] = 1; array.flush()\n"
    )
    python(program, tree / "array.u4")
    import numpy

    expected = numpy.arange(1_000_000, dtype="<u4").reshape(1000, 1000)
    expected[500] = 1
    assert tree.files() == {"array.u4": expected.tobytes()}


def test_dd(tree: Tree, tmp_path: Path) -> None:
    """`fsync` waits for the store in both policies: when `dd conv=fsync` is done, the file is there."""
    content = pattern("random:5", 0, 12_000_000)
    (tmp_path / "source").write_bytes(content)
    run("dd", f"if={tmp_path}/source", f"of={tree.path}/big.bin", "bs=1M", "conv=fsync")
    assert tree.files() == {"big.bin": content}
    run("dd", f"if={tmp_path}/source", f"of={tree.path}/big.bin", "bs=4k", "seek=100", "count=3", "conv=notrunc,fsync")
    changed = content[: 4096 * 100] + content[: 4096 * 3] + content[4096 * 103 :]
    assert tree.files() == {"big.bin": changed}


def test_tail_follows(tree: Tree) -> None:
    """A file being written: every reader of the mount sees its bytes at once."""
    path = tree / "run.log"
    path.write_text("")
    follower = subprocess.Popen(
        ["tail", "-n", "+1", "-f", "-s", "0.05", path], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        with path.open("a", buffering=1) as log:
            for number in range(5):
                log.write(f"line {number}\n")
                assert follower.stdout.readline() == f"line {number}\n"
        with path.open("a") as log:
            log.write("after\n")
        assert follower.stdout.readline() == "after\n"
    finally:
        follower.kill()
        follower.communicate()
    assert tree.files() == {"run.log": b"line 0\nline 1\nline 2\nline 3\nline 4\nafter\n"}


def test_text_and_files(tree: Tree) -> None:
    """Valid UTF-8, under 10 MiB, extension txt md csv json yaml yml: text entry (inline content); anything else: file
    entry. A file that changes type as it grows becomes a new revision of the other kind, same name."""
    contents = {
        "a.txt": b"text",
        "b.bin": b"text",
        "c.md": b"\xff not UTF-8",
        "d.json": b"[]",
        "e.yaml": b"a: 1\r\n",
        "f": b"text",
        "g.TXT": b"TEXT",
        "big.txt": b"x" * (10 << 20),
    }
    for name, content in contents.items():
        (tree / name).write_bytes(content)
    assert tree.files() == contents
    kinds = {name: storage_type(tree, name) for name in contents}
    if kinds["a.txt"] is not None:
        assert {name for name, kind in kinds.items() if kind == "raw_content"} >= {"a.txt", "d.json", "e.yaml"}
        assert {name for name, kind in kinds.items() if kind != "raw_content"} >= {"b.bin", "c.md", "f", "big.txt"}
    with (tree / "a.txt").open("ab") as file:
        file.write(b"x" * (10 << 20))
    (tree / "big.txt").write_bytes(b"small now")
    contents |= {"a.txt": b"text" + b"x" * (10 << 20), "big.txt": b"small now"}
    assert tree.files() == contents
    if kinds["a.txt"] is not None:
        assert storage_type(tree, "a.txt") != "raw_content"


def storage_type(tree: Tree, name: str) -> str | None:
    try:
        return os.getxattr(tree / name, "user.datasetfs.storage_type").decode()
    except OSError:
        return None


def test_many_writers(tree: Tree) -> None:
    """Uploads run in parallel: several processes copy into one directory at once."""
    began = time.monotonic()
    program = (
        "import os, sys\n"
        "for n in range(20):\n"
        "    with open(os.path.join(sys.argv[1], f'{sys.argv[2]}-{n}.bin'), 'wb') as file: file.write(sys.argv[2].encode() * (n * 1000))\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, tree.path, who]) for who in "abcd"]
    assert [writer.wait(timeout=100) for writer in writers] == [0] * 4
    assert tree.files() == {f"{who}-{n}.bin": who.encode() * (n * 1000) for who in "abcd" for n in range(20)}
    assert time.monotonic() - began < 60
