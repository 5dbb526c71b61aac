"""The calls of writing, one by one, as programs make them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from harness.process import run
from harness.trees import Tree

HEAD = """
import ctypes, errno, fcntl, mmap, os, sys
path = sys.argv[1]
def fails(code, call, *words):
    try: call(*words)
    except OSError as error: assert error.errno == code, (error, code)
    else: raise AssertionError(f"{call} succeeded")
def content(): return open(path, 'rb').read()
"""


def python(tree: Tree, program: str, name: str = "file.bin") -> str:
    """Runs it in a process of its own, which no fault of a mount can hang for ever."""
    return run(sys.executable, "-c", HEAD + program, tree / name).stdout


def test_writes_anywhere(tree: Tree) -> None:
    """Random writes, append, truncate and `O_TRUNC` work on any writable file."""
    python(
        tree,
        """
file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
os.pwrite(file, b'end', 100_000)
os.pwrite(file, b'start', 0)
assert os.fstat(file).st_size == 100_003
assert os.pread(file, 10, 99_995) == bytes(5) + b'end'
os.ftruncate(file, 50); assert os.fstat(file).st_size == 50
os.ftruncate(file, 60); assert os.pread(file, 100, 0) == b'start' + bytes(55)
os.close(file)
os.truncate(path, 8)
file = os.open(path, os.O_WRONLY | os.O_APPEND)
os.write(file, b'more'); os.pwrite(file, b'!', 0)
os.close(file)
# pwrite(2): on Linux, O_APPEND appends whatever the offset is.
assert content() == b'start' + bytes(3) + b'more!', content()
""",
    )
    assert tree.files() == {"file.bin": b"start" + bytes(3) + b"more!"}
    tree.saved("file.bin", lambda: python(tree, "os.close(os.open(path, os.O_WRONLY | os.O_TRUNC))"))
    assert tree.files() == {"file.bin": b""}


def test_changes_of_what_is_published(tree: Tree) -> None:
    """The base is fetched lazily, only the blocks that are read or partly overwritten."""
    base = bytes(range(256)) * 4096
    (tree / "file.bin").write_bytes(base)
    tree.settle()
    change = "file = os.open(path, os.O_RDWR); os.pwrite(file, b'middle', 500_001); os.close(file)"
    tree.saved("file.bin", lambda: python(tree, change))
    expected = base[:500_001] + b"middle" + base[500_007:]
    assert tree.files() == {"file.bin": expected}
    tree.saved("file.bin", lambda: os.truncate(tree / "file.bin", 700_000))
    assert tree.files() == {"file.bin": expected[:700_000]}


def test_open_flags(tree: Tree) -> None:
    """open with every flag does what it does on a local directory."""
    python(
        tree,
        """
fails(errno.ENOENT, os.open, path, os.O_WRONLY)
os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
fails(errno.EEXIST, os.open, path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
fails(errno.ENOTDIR, os.open, path, os.O_DIRECTORY)
fails(errno.ENOTDIR, os.open, path + '/x', os.O_CREAT | os.O_WRONLY)
fails(errno.EISDIR, os.open, os.path.dirname(path), os.O_WRONLY)
file = os.open(path, os.O_RDONLY); fails(errno.EBADF, os.write, file, b'x'); os.close(file)
file = os.open(path, os.O_WRONLY); fails(errno.EBADF, os.read, file, 1); os.write(file, b'seen'); os.close(file)
os.close(os.open(path, os.O_RDWR | os.O_CREAT)); assert content() == b'seen'
file = os.open(path, os.O_RDWR | os.O_SYNC); os.write(file, b'S'); os.close(file)
file = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK); os.close(file)
assert content() == b'Seen'
""",
    )
    assert tree.files() == {"file.bin": b"Seen"}


def test_read_your_writes(tree: Tree) -> None:
    """Every reader of the mount sees its bytes at once."""
    python(
        tree,
        """
import subprocess
with open(path, 'wb', buffering=0) as file:
    for number in range(1, 6):
        file.write(b'x' * 3000)
        assert os.stat(path).st_size == 3000 * number
        assert subprocess.run(['cat', path], capture_output=True).stdout == b'x' * 3000 * number
        assert len(content()) == 3000 * number
""",
    )
    assert tree.files() == {"file.bin": b"x" * 15_000}


def test_mmap_shared(tree: Tree) -> None:
    """`mmap` shared writable; what was changed through memory is published, also after the descriptor was closed."""
    (tree / "file.bin").write_bytes(bytes(20_000))
    tree.settle()

    def change() -> None:
        python(
            tree,
            """
file = os.open(path, os.O_RDWR)
view = mmap.mmap(file, 20_000)
os.close(file)
view[5000:5005] = b'hello'
view[19_999:] = b'!'
view.flush()
assert content()[5000:5005] == b'hello'
view.close()
""",
        )

    change()
    expected = bytearray(20_000)
    expected[5000:5005] = b"hello"
    expected[19_999:] = b"!"
    assert tree.files() == {"file.bin": bytes(expected)}


def test_append_of_two_processes(tree: Tree) -> None:
    """Append: two processes that open with O_APPEND lose and mix nothing."""
    program = (
        "import os, sys\n"
        "file = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)\n"
        "for n in range(300): os.write(file, f'{sys.argv[2]} {n:06}\\n'.encode())\n"
        "os.close(file)\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, tree / "log.txt", who]) for who in "ab"]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    content = tree.files()["log.txt"]
    lines = content.decode().splitlines()
    for who in "ab":
        assert [line for line in lines if line.startswith(who)] == [f"{who} {n:06}" for n in range(300)]
    assert len(lines) == 600


def test_fallocate(tree: Tree) -> None:
    """`fallocate` (plain, KEEP_SIZE, PUNCH_HOLE) works."""
    run("fallocate", "-l", "100K", tree / "file.bin")
    assert (tree / "file.bin").stat().st_size == 102_400
    python(
        tree,
        """
file = os.open(path, os.O_RDWR)
os.pwrite(file, b'a' * 102_400, 0)
libc = ctypes.CDLL(None, use_errno=True)
def fallocate(mode, offset, count):
    if libc.fallocate(file, mode, ctypes.c_long(offset), ctypes.c_long(count)):
        raise OSError(ctypes.get_errno(), 'fallocate')
fallocate(1, 0, 200_000); assert os.fstat(file).st_size == 102_400
fallocate(3, 10_000, 5000)
assert os.pread(file, 6000, 9_500) == b'a' * 500 + bytes(5000) + b'a' * 500
os.posix_fallocate(file, 102_400, 100); assert os.fstat(file).st_size == 102_500
os.close(file)
""",
    )
    assert tree.files() == {"file.bin": b"a" * 10_000 + bytes(5000) + b"a" * 87_400 + bytes(100)}


def test_seek_data_and_hole(tree: Tree) -> None:
    """`lseek` SEEK_DATA/HOLE: data is never told to be a hole."""
    python(
        tree,
        """
file = os.open(path, os.O_RDWR | os.O_CREAT)
os.pwrite(file, b'x' * 4096, 1 << 20)
os.ftruncate(file, 3 << 20)
start = os.lseek(file, 0, os.SEEK_DATA); assert start <= 1 << 20
end = os.lseek(file, 1 << 20, os.SEEK_HOLE); assert (1 << 20) + 4096 <= end <= 3 << 20
fails(errno.ENXIO, os.lseek, file, 3 << 20, os.SEEK_DATA)
fails(errno.ENXIO, os.lseek, file, 3 << 20, os.SEEK_HOLE)
os.close(file)
""",
    )
    expected = bytes(1 << 20) + b"x" * 4096 + bytes((2 << 20) - 4096)
    assert tree.files() == {"file.bin": expected}
    run("cp", "--sparse=always", tree / "file.bin", tree / "copy.bin")
    assert tree.files() == {"file.bin": expected, "copy.bin": expected}


def test_copy_file_range(tree: Tree) -> None:
    """`copy_file_range` works, within a mount."""
    python(
        tree,
        """
open(path, 'wb').write(bytes(range(256)) * 1000)
with open(path, 'rb') as source, open(path + '.copy', 'wb') as target:
    copied = 0
    while copied < 256_000:
        count = os.copy_file_range(source.fileno(), target.fileno(), 256_000 - copied)
        assert count > 0
        copied += count
""",
    )
    content = bytes(range(256)) * 1000
    assert tree.files() == {"file.bin": content, "file.bin.copy": content}


def test_locks(tree: Tree) -> None:
    """`flock` and `fcntl` locks work between processes of this machine."""
    (tree / "file.bin").write_bytes(b"x" * 100)
    other = "import fcntl, sys; file = open(sys.argv[1], 'r+b'); "
    python(
        tree,
        f"""
import subprocess
other = {other!r}
def tries(line): return subprocess.run([sys.executable, '-c', other + line, path], capture_output=True).returncode == 0
file = open(path, 'r+b')
fcntl.flock(file, fcntl.LOCK_EX)
assert not tries('fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)')
fcntl.flock(file, fcntl.LOCK_UN)
assert tries('fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)')
fcntl.lockf(file, fcntl.LOCK_EX, 10, 0)
assert not tries('fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 5, 5)')
assert tries('fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 5, 10)')
fcntl.lockf(file, fcntl.LOCK_UN)
assert tries('fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 5, 5)')
""",
    )


def test_lock_is_waited_for(tree: Tree) -> None:
    """A lock that another process holds is waited for, and given when it ends."""
    (tree / "file.bin").write_bytes(b"x")
    lock = "import fcntl, sys, time; file = open(sys.argv[1]); fcntl.flock(file, fcntl.LOCK_EX); "
    holding = lock + "print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", holding, tree / "file.bin"], stdout=subprocess.PIPE)
    try:
        holder.stdout.readline()
        waiter = subprocess.Popen([sys.executable, "-c", lock, tree / "file.bin"])
        with pytest.raises(subprocess.TimeoutExpired):
            waiter.wait(timeout=0.5)
        holder.kill()
        assert waiter.wait(timeout=10) == 0
    finally:
        holder.kill()
        holder.communicate()


def test_open_and_unlinked(tree: Tree) -> None:
    """`unlink` deletes the entry (open handles keep reading)."""
    (tree / "kept.txt").write_text("kept")
    (tree / "file.bin").write_bytes(b"published " * 1000)
    tree.settle()
    python(
        tree,
        """
file = os.open(path, os.O_RDWR)
os.unlink(path)
assert not os.path.exists(path)
assert os.pread(file, 10, 0) == b'published '
os.pwrite(file, b'WRITTEN', 0)
assert os.pread(file, 10, 0) == b'WRITTENed '
assert os.fstat(file).st_size == 10_000
os.close(file)
with open(path, 'wb') as again: again.write(b'new')
file = os.open(path + '2', os.O_RDWR | os.O_CREAT | os.O_EXCL)
os.unlink(path + '2')
os.write(file, b'nobody sees this')
os.close(file)
os.unlink(path)
""",
    )
    assert os.listdir(tree.path) == ["kept.txt"]
    assert tree.files() == {"kept.txt": b"kept"}


def test_renames(tree: Tree) -> None:
    """`RENAME_NOREPLACE` and `RENAME_EXCHANGE`: honoured where atomic, else EINVAL."""
    (tree / "a.txt").write_text("a")
    (tree / "b.txt").write_text("b")
    program = """
os.chdir(path)
libc = ctypes.CDLL(None, use_errno=True)
def rename(old, new, flags):
    if libc.renameat2(-100, old.encode(), -100, new.encode(), flags): raise OSError(ctypes.get_errno(), 'renameat2')
fails(errno.EEXIST, rename, 'a.txt', 'b.txt', 1)
try: rename('a.txt', 'c.txt', 1)
except OSError as error:
    assert error.errno == errno.EINVAL
    os.rename('a.txt', 'c.txt')
try: rename('b.txt', 'c.txt', 2)
except OSError as error: assert error.errno == errno.EINVAL
else: rename('b.txt', 'c.txt', 2)
fails(errno.ENOENT, os.rename, 'nothing', 'b.txt')
os.mkdir('d'); os.mkdir('d/e')
fails(errno.EINVAL, os.rename, 'd', 'd/e/f')
fails(errno.EISDIR, os.rename, 'b.txt', 'd')
fails(errno.ENOTDIR, os.rename, 'd', 'b.txt')
os.rename('b.txt', 'd/e/b.txt')
"""
    python(tree, program, ".")
    assert tree.files() == {"c.txt": b"a", "d/e/b.txt": b"b"}


@pytest.mark.parametrize("tree", ["through", "folder"], indirect=True)
def test_what_cannot_be(tree: Tree) -> None:
    """Hard links, device nodes, sockets: EPERM."""
    (tree / "a.txt").write_text("a")
    with pytest.raises(OSError) as failure:
        os.link(tree / "a.txt", tree / "b.txt")
    assert failure.value.errno == errno.EPERM
    for kind in (0o010000, 0o140000, 0o020000):
        with pytest.raises(OSError) as failure:
            os.mknod(tree / "node", 0o600 | kind, os.makedev(1, 3))
        assert failure.value.errno == errno.EPERM
    assert tree.files() == {"a.txt": b"a"}


def test_directories(tree: Tree) -> None:
    """`mkdir`: directory entry, at once. `rmdir` refuses what is not empty."""
    program = """
os.chdir(path)
os.makedirs('a/b/c'); os.mkdir('x')
fails(errno.EEXIST, os.mkdir, 'a')
fails(errno.ENOTEMPTY, os.rmdir, 'a')
open('a/b/f.txt', 'w').write('f')
fails(errno.ENOTDIR, os.rmdir, 'a/b/f.txt')
fails(errno.EISDIR, os.unlink, 'a')
fails(errno.ENOENT, os.mkdir, 'nothing/y')
os.rmdir('x'); os.rmdir('a/b/c')
file = os.open('a', os.O_RDONLY); os.fsync(file); os.close(file)
"""
    python(tree, program, ".")
    assert tree.files() == {"a/b/f.txt": b"f"}
    assert tree.directories() == {"a", "a/b"}


def test_times_and_modes(tree: Tree) -> None:
    """`chmod`, `chown`, `utimens` are remembered locally and shown again."""
    path = tree / "a.txt"
    path.write_text("a")
    os.utime(path, ns=(1_500_000_000_123_456_789, 1_400_000_000_987_654_321))
    path.chmod(0o640)
    for _ in range(2):
        assert path.stat().st_mtime_ns == 1_400_000_000_987_654_321
        assert path.stat().st_mode & 0o777 == 0o640
        tree.settle()
    path.write_text("b")
    assert path.stat().st_mtime_ns > 1_700_000_000_000_000_000
    assert tree.files() == {"a.txt": b"b"}


def test_times_stay(tree: Tree) -> None:
    """mtime is of the content: it does not change by itself when the store has it, nor when the store is asked again."""
    path = tree / "a.txt"
    for text in ("one", "two"):
        path.write_text(text)
        shown = path.stat().st_mtime_ns
        tree.settle()
        assert path.stat().st_mtime_ns == shown
        assert path.read_text() == text
        assert run("stat", "-c", "%.9Y", path).stdout == f"{shown // 10**9}.{shown % 10**9:09}\n"


def test_long_names(tree: Tree) -> None:
    """Names of up to 255 bytes, of any letters, are kept as they are."""
    names = ["x" * 255, "ü" * 127, "a b\tc", "-rf", "名前.txt", "q?*[]{}\"'\\", "trailing ", "line\nend"]
    for name in names:
        (tree / name).write_bytes(name.encode())
    with pytest.raises(OSError) as failure:
        (tree / ("x" * 256)).write_bytes(b"")
    assert failure.value.errno == errno.ENAMETOOLONG
    assert sorted(os.listdir(tree.path)) == sorted(names)
    assert tree.files() == {name: name.encode() for name in names}
