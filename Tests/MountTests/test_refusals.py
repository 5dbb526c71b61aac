"""What cannot be mounted: one clear paragraph and a documented exit status each."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from harness.mounting import Home, is_mounted
from harness.platform import Platform
from harness.process import DATASETFS, eventually, is_alive, run, shell

CREDENTIALS, UNREACHABLE, PLACE, MACHINE, CACHE = 2, 3, 4, 5, 6


@pytest.fixture
def folder(tmp_path: Path) -> str:
    path = tmp_path / "store"
    path.mkdir()
    (path / "a.txt").write_text("a")
    return f"file:{path}"


def refused(home: Home, store: str, place: Path | str, status: int, *options: str, **others) -> str:
    """The message of a refused mount: one paragraph, on standard error."""
    done = home.datasetfs("mount", store, place, *options, status=status, **others)
    assert done.stdout == ""
    assert done.stderr.startswith("datasetfs: ") and done.stderr.count("\n") == 1, done.stderr
    assert not is_mounted(Path(place))
    return done.stderr


def test_missing_directory(home: Home, folder: str, tmp_path: Path) -> None:
    """A mount point that is not there."""
    message = refused(home, folder, tmp_path / "nowhere", PLACE)
    assert str(tmp_path / "nowhere") in message and "mkdir" in message


def test_file_as_directory(home: Home, folder: str, tmp_path: Path) -> None:
    """A mount point that is no directory."""
    (tmp_path / "file").write_text("")
    assert "not a directory" in refused(home, folder, tmp_path / "file", PLACE)


def test_non_empty_directory(home: Home, folder: str, place: Path, mount) -> None:
    """Mounting over a non-empty directory."""
    (place / "x").write_text("")
    assert "not empty" in refused(home, folder, place, PLACE)
    assert "a.txt" in os.listdir(mount(folder, "--nonempty").path)


def test_busy_directory(home: Home, folder: str, place: Path, mount, tmp_path: Path) -> None:
    """Mounting over a busy directory."""
    mount(folder)
    (tmp_path / "other").mkdir()
    done = home.datasetfs("mount", f"file:{tmp_path}/other", place, status=PLACE)
    assert "mounted" in done.stderr and "unmount" in done.stderr


def test_second_mount_with_one_cache(home: Home, folder: str, mount, tmp_path: Path) -> None:
    """A cache serves one mount at a time, a journal as well: the second mount of a store has its own cache and only reads."""
    mount(folder)
    (tmp_path / "second").mkdir()
    message = refused(home, folder, tmp_path / "second", CACHE)
    assert "--cache-dir" in message
    other = mount(folder, "-o", "ro", "--cache-dir", str(tmp_path / "cache2"), at=tmp_path / "second")
    assert os.listdir(other.path) == ["a.txt"]


def test_no_device(home: Home, folder: str, place: Path) -> None:
    """Mounting without `/dev/fuse`."""
    line = f"mount -t tmpfs none /dev && mknod /dev/null c 1 3 && exec {DATASETFS} mount {folder} {place}"
    done = run("unshare", "--mount", "sh", "-c", line, status=MACHINE, env=home.environment)
    assert "/dev/fuse" in done.stderr and "modprobe fuse" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can take the device from another account")
def test_device_denied(home: Home) -> None:
    """Mounting where the account may not open `/dev/fuse`."""
    # pytest's own directories are closed to other accounts.
    open_to_all = Path(tempfile.mkdtemp(prefix="datasetfs-"))
    try:
        open_to_all.chmod(0o755)
        binary, theirs = open_to_all / "datasetfs", open_to_all / "theirs"
        shutil.copy(DATASETFS, binary)
        for path in (theirs, theirs / "mnt", theirs / "store"):
            path.mkdir()
            shutil.chown(path, "nobody")
        device = open_to_all / "fuse"
        os.mknod(device, 0o600 | stat.S_IFCHR, os.stat("/dev/fuse").st_rdev)
        environment = {**home.environment, "HOME": str(theirs)}
        for name in ("CACHE", "STATE", "CONFIG"):
            environment[f"XDG_{name}_HOME"] = f"{theirs}/{name}"
        mounting = f"{binary} mount file:{theirs}/store {theirs}/mnt"
        line = f"mount --bind {device} /dev/fuse && exec setpriv --reuid nobody --clear-groups {mounting}"
        done = run("unshare", "--mount", "sh", "-c", line, status=MACHINE, env=environment)
        assert "/dev/fuse" in done.stderr and done.stderr.count("\n") == 1
    finally:
        shutil.rmtree(open_to_all)


def test_wrong_key(platform: Platform, tmp_path: Path, place: Path) -> None:
    """Mounting with a wrong key."""
    home = Home(tmp_path / "home", key="wrong-key")
    message = refused(home, platform.store, place, CREDENTIALS)
    assert "EDISON_PLATFORM_API_KEY" in message and "wrong-key" not in message


def test_no_key(platform: Platform, tmp_path: Path, place: Path) -> None:
    """Mounting with no key at all."""
    message = refused(Home(tmp_path / "home", key=None), platform.store, place, CREDENTIALS)
    assert "EDISON_PLATFORM_API_KEY" in message and "--api-key-file" in message


def test_key_file(platform: Platform, tmp_path: Path, mount, place: Path, home: Home) -> None:
    """Credentials from a file (mode checked)."""
    home = Home(tmp_path / "home2", key=None)
    file = tmp_path / "key"
    file.write_text("local-key\n")
    file.chmod(0o644)
    message = refused(home, platform.store, place, CREDENTIALS, "--api-key-file", str(file))
    assert "chmod 600" in message and "local-key" not in message
    assert str(tmp_path / "none") in refused(
        home, platform.store, place, CREDENTIALS, "--api-key-file", str(tmp_path / "none")
    )
    file.chmod(0o600)
    home.datasetfs("mount", platform.store, place, "--api-key-file", file)
    home.datasetfs("unmount", place)


def test_no_network(home: Home, place: Path) -> None:
    """Mounting with no network: nobody listens, and no such host."""
    message = refused(home, "edison+http://127.0.0.1:9", place, UNREACHABLE, timeout=20)
    assert "127.0.0.1" in message
    message = refused(home, "edison+http://no-such-host.invalid", place, UNREACHABLE, timeout=20)
    assert "no-such-host.invalid" in message


def test_nobody_answers(home: Home, place: Path, tmp_path: Path) -> None:
    """Every operation has a deadline: a server that accepts and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"edison+http://127.0.0.1:{silent.getsockname()[1]}"
        refused(home, address, place, UNREACHABLE, "--deadline", "2", timeout=10)


def test_unknown_store(home: Home, place: Path) -> None:
    """A store that is none."""
    assert "“lab:” is no store" in refused(home, "lab:", place, 1)
    assert "nowhere" in refused(home, "file:/nowhere/at/all", place, 1)


def test_wrong_usage(home: Home, place: Path) -> None:
    """Wrong usage says what is right, with status 64."""
    done = home.datasetfs("mount", "memory:", status=64)
    assert "Usage: datasetfs mount" in done.stderr
    assert "--attr-ttl" in home.datasetfs("mount", "memory:", place, "--attr-ttl", "-1", status=64).stderr
    assert "unknown mount option" in home.datasetfs("mount", "memory:", place, "-o", "nonsense", status=64).stderr


def test_stale_mount(home: Home, folder: str, place: Path, mount) -> None:
    """After `kill -9` of the mount: told by status, refused by mount, cleared by unmount."""
    dead = mount(folder)
    dead.kill()
    # ENOTCONN; ECONNABORTED where the kernel has not yet noticed all of it.
    message = run("ls", place, status=2).stderr
    assert "not connected" in message or "connection abort" in message
    assert "does not answer" in home.datasetfs("status", status=1).stdout
    done = home.datasetfs("mount", folder, place, status=PLACE)
    assert "datasetfs unmount" in done.stderr and done.stderr.count("\n") == 1
    home.datasetfs("unmount", place)
    assert not is_mounted(place)
    assert os.listdir(mount(folder).path) == ["a.txt"]


def test_unmount_refuses(home: Home, folder: str, place: Path, mount) -> None:
    """Unmounting what is not mounted, and what is in use."""
    assert "No dataset is mounted" in home.datasetfs("unmount", place, status=PLACE).stderr
    mounted = mount(folder)
    with (mounted / "a.txt").open():
        message = home.datasetfs("unmount", place, status=PLACE).stderr
        assert "in use" in message or "busy" in message
        assert is_mounted(place)
    mounted.unmount()


def test_unmount_lazy(home: Home, folder: str, place: Path, mount) -> None:
    """`--lazy`: it vanishes at once and ends with its last open file."""
    mounted = mount(folder)
    with (mounted / "a.txt").open() as file:
        home.datasetfs("unmount", "--lazy", place)
        assert not is_mounted(place)
        assert file.read() == "a"


def test_umount(folder: str, mount) -> None:
    """`umount` ends the process too."""
    mounted = mount(folder)
    run("umount", mounted.path)
    assert eventually(lambda: not is_alive(mounted.process))


def test_terminated(folder: str, mount) -> None:
    """SIGTERM unmounts."""
    mounted = mount(folder)
    os.kill(mounted.process, signal.SIGTERM)
    assert eventually(lambda: not is_alive(mounted.process))
    assert not is_mounted(mounted.path)


def test_foreground(home: Home, folder: str, place: Path) -> None:
    """`--foreground` stays, logs to standard error, and Ctrl-C ends it with status 0."""
    process = subprocess.Popen(
        [DATASETFS, "mount", folder, place, "--foreground", "--log-level", "info", "--log-format", "json"],
        env=home.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert eventually(lambda: is_mounted(place))
        assert shell(f"ls '{place}'") == "a.txt\n"
        process.send_signal(signal.SIGINT)
        _, log = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert not is_mounted(place)
    assert [json.loads(line)["message"] for line in log.splitlines()][:1] == ["mounted"]
