"""The commands for what is written: sync, unmount, status, retry, discard, export, and signals that end a mount."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import time
import uuid
from pathlib import Path

import pytest

from harness.mounting import Home, Mount, is_mounted
from harness.platform import Platform
from harness.process import DATASETFS, eventually, is_alive, run



@pytest.fixture
def made(mount, platform: Platform, writable) -> Mount:
    """A mount with an empty dataset `lab`, made anew for each test; closing does not wait for the platform."""
    made = mount(platform, "--durability", "back")
    made.lab = made / f"lab-{uuid.uuid4().hex[:8]}"
    made.lab.mkdir()
    made.sync()
    return made


def refuse(platform: Platform, *methods: str) -> None:
    """The platform says no to what is written from now on."""
    for method in methods or ("POST", "PATCH", "DELETE"):
        platform.fault(path="/v0.1/data-storage/", method=method, status=403, body={"detail": "Not enough permissions"})


def slow(platform: Platform, milliseconds: int = 60_000) -> None:
    platform.fault(path="/v0.1/data-storage/", method="POST", delay_ms=milliseconds)


def queue(mount: Mount) -> list[dict]:
    return [json.loads(line) for line in (mount / ".datasetfs/queue").read_text().splitlines()]


def parked(mount: Mount, count: int = 1) -> bool:
    return eventually(lambda: sum(line["parked"] for line in queue(mount)) == count)


def commands(mount: Mount, *words: str | Path, status: int = 0, **options) -> subprocess.CompletedProcess:
    return mount.home.datasetfs(*words, status=status, **options)


# sync


def test_sync_waits_until_the_platform_has_it(made: Mount, platform: Platform) -> None:
    slow(platform, 700)
    (made.lab / "a.txt").write_text("a")
    (made.lab / "b.bin").write_bytes(bytes(3_000_000))
    assert queue(made)
    assert commands(made, "sync", made.path).stdout == ""
    assert queue(made) == []
    assert os.getxattr(made.lab / "a.txt", "user.datasetfs.id")


def test_sync_lists_what_is_left_when_the_time_is_over(made: Mount, platform: Platform) -> None:
    slow(platform)
    (made.lab / "a.txt").write_text("a")
    began = time.monotonic()
    done = commands(made, "sync", made.path, "--timeout", "0.5", status=1)
    assert 0.4 < time.monotonic() - began < 5
    assert "1 change" in done.stderr and "a.txt" in done.stderr
    done = commands(made, "sync", made.path, "--timeout", "0", "--json", status=1)
    (row,) = json.loads(done.stdout)
    assert row["mount_point"] == str(made.path) and row["path"] == "/"
    (left,) = row["left"]
    assert left["path"].endswith("/a.txt") and left["action"] == "create" and left["bytes"] == 1


def test_sync_does_not_wait_for_what_was_refused(made: Mount, platform: Platform) -> None:
    refuse(platform)
    (made.lab / "a.txt").write_text("a")
    began = time.monotonic()
    done = commands(made, "sync", made.path, status=1)
    assert time.monotonic() - began < 10
    assert "403" in done.stderr and "datasetfs retry" in done.stderr


def test_sync_of_a_path_waits_for_that_alone(made: Mount, platform: Platform) -> None:
    for name in ("one", "two"):
        (made.lab / name).mkdir()
    made.sync()
    slow(platform)
    (made.lab / "one/a.txt").write_text("a")
    commands(made, "sync", made.lab / "two")
    commands(made, "sync", made.lab / "one", "--timeout", "0.2", status=1)
    commands(made, "sync", made.lab / "one/a.txt", "--timeout", "0.2", status=1)


def test_others_look_into_the_mount_while_sync_waits(made: Mount, platform: Platform) -> None:
    """The kernel locks a directory whose attribute is set: who waits must not sit in that call."""
    slow(platform)
    (made.lab / "a.txt").write_text("a")
    waiting = subprocess.Popen([DATASETFS, "sync", str(made.path)], env=made.home.environment)
    try:
        time.sleep(0.5)
        assert waiting.poll() is None
        began = time.monotonic()
        run("ls", "-la", made.path, made.lab, timeout=10)
        run("cat", made.path / ".datasetfs/status", made.lab / "a.txt", timeout=10)
        assert time.monotonic() - began < 5
    finally:
        waiting.send_signal(signal.SIGINT)
        waiting.wait(timeout=10)


def test_sync_without_a_mount(home: Home, tmp_path: Path) -> None:
    home.datasetfs("sync", tmp_path, status=4)
    home.datasetfs("sync", "", status=64)


def test_sync_after_the_names_of_directories_are_lost(made: Mount, platform: Platform) -> None:
    """The cache may be deleted while nothing is mounted: what waits in a directory that nobody knows still counts."""
    (made.lab / "deep").mkdir()
    made.sync()
    refuse(platform)
    (made.lab / "deep/a.txt").write_text("kept")
    assert parked(made)
    commands(made, "unmount", made.path, status=7)
    shutil.rmtree(made.home.folder / "cache")
    platform.heal()
    made.make("--durability", "back")
    assert "/…/a.txt" in commands(made, "sync", made.lab, status=1).stderr
    commands(made, "retry", made.lab)
    made.sync()
    assert (made.lab / "deep/a.txt").read_text() == "kept"


def test_a_mount_whose_process_died(made: Mount) -> None:
    made.kill()
    assert "does not answer" in commands(made, "sync", made.path, status=1).stderr
    assert "does not answer" in commands(made, "status", made.path, status=1).stdout
    commands(made, "unmount", made.path)
    assert not is_mounted(made.path)


# unmount


def test_unmount_publishes_first(made: Mount, platform: Platform, mount) -> None:
    slow(platform, 500)
    for number in range(5):
        (made.lab / f"{number}.txt").write_text(f"{number}")
    made.unmount()
    platform.heal()
    made.home.datasetfs("mount", made.store, made.path)
    assert {path.name for path in made.lab.iterdir()} == {f"{number}.txt" for number in range(5)}
    assert queue(made) == []


def test_unmount_says_what_is_left_and_the_next_mount_goes_on(made: Mount, platform: Platform) -> None:
    slow(platform)
    (made.lab / "a.txt").write_text("kept")
    done = commands(made, "unmount", made.path, "--timeout", "0.5", status=7)
    assert "a.txt" in done.stderr and "next mount" in done.stderr
    assert not is_mounted(made.path) and not is_alive(made.process)
    platform.heal()
    made.make("--durability", "back")
    made.sync()
    assert (made.lab / "a.txt").read_text() == "kept"
    assert "not published" in (made.home.folder / "state/datasetfs/mount.log").read_text()


def test_unmount_without_draining(made: Mount, platform: Platform) -> None:
    slow(platform)
    (made.lab / "a.txt").write_text("kept")
    began = time.monotonic()
    commands(made, "unmount", "--no-drain", made.path, status=7)
    assert time.monotonic() - began < 10
    platform.heal()
    made.make()
    made.sync()
    assert (made.lab / "a.txt").read_text() == "kept"


def test_unmount_of_what_is_in_use_leaves_it_as_it_was(made: Mount) -> None:
    standing = subprocess.Popen(["sleep", "60"], cwd=made.lab)
    try:
        done = commands(made, "unmount", made.path, status=4)
        assert f"sleep ({standing.pid})" in done.stderr
        (made.lab / "after.txt").write_text("it can still be written to")
    finally:
        standing.kill()
        standing.wait()


def test_unmount_does_not_count_itself(made: Mount) -> None:
    """`unmount .` from a shell that stands there: the shell is named, the command is not."""
    done = run("bash", "-c", f"cd '{made.path}' && '{DATASETFS}' unmount .; echo $?", env=made.home.environment)
    assert done.stdout.strip() == "4"
    assert "bash (" in done.stderr and "datasetfs (" not in done.stderr
    commands(made, "unmount", "", status=64)
    assert is_mounted(made.path)


# Signals


def foreground(mount: Mount, *options: str) -> subprocess.Popen:
    """The same mount, whose end can be waited for."""
    mount.unmount()
    command = [DATASETFS, "mount", mount.store, str(mount.path), "--foreground", "--durability", "back", *options]
    process = subprocess.Popen(command, env=mount.home.environment, stderr=subprocess.PIPE, text=True)
    assert eventually(lambda: is_mounted(mount.path) and (mount.path / ".datasetfs/status").exists())
    mount.process = process.pid
    return process


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_publishes_first(made: Mount, platform: Platform, signum: int) -> None:
    process = foreground(made)
    slow(platform, 500)
    (made.lab / "a.txt").write_text("kept")
    process.send_signal(signum)
    assert process.wait(timeout=30) == 0
    assert not is_mounted(made.path)
    platform.heal()
    made.make()
    assert queue(made) == []
    assert (made.lab / "a.txt").read_text() == "kept"


def test_a_signal_ends_in_time_and_says_what_is_left(made: Mount, platform: Platform) -> None:
    process = foreground(made, "--drain-timeout", "1")
    slow(platform)
    (made.lab / "a.txt").write_text("kept")
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 7
    assert 0.9 < time.monotonic() - began < 10
    told = process.stderr.read()
    assert "a.txt" in told and "1 change not published" in told


def test_a_second_signal_ends_at_once(made: Mount, platform: Platform) -> None:
    process = foreground(made)
    slow(platform)
    (made.lab / "a.txt").write_text("kept")
    process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert process.poll() is None
    with pytest.raises(OSError):
        (made.lab / "late.txt").write_text("nothing new begins")
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 7
    assert time.monotonic() - began < 5


# status


def test_status_shows_the_queue(made: Mount, platform: Platform) -> None:
    assert "everything is at the store" in commands(made, "status", made.path).stdout
    refuse(platform)
    (made.lab / "a.txt").write_text("a")
    assert parked(made)
    text = commands(made, "status", made.path).stdout
    assert "1 change waiting (1 refused)" in text and "a.txt" in text and "403" in text
    (row,) = json.loads(commands(made, "status", made.path, "--json").stdout)
    assert row["status"]["writing"]["waiting"] == 1 and row["status"]["writing"]["durability"] == "back"
    (line,) = row["queue"]
    assert line["parked"] and line["state"] == "error" and "403" in line["error"]


def test_status_watches_until_the_mount_goes(made: Mount, platform: Platform) -> None:
    refuse(platform)
    (made.lab / "a.txt").write_text("a")
    assert parked(made)
    watching = subprocess.Popen(
        [DATASETFS, "status", "--watch", "--interval", "0.2", str(made.path)],
        env=made.home.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert "1 change waiting" in watching.stdout.readline()
    assert eventually(lambda: run("umount", made.path, status=None).returncode == 0)
    assert watching.wait(timeout=10) == 0
    watching.stdout.close()


def test_status_draws_on_a_terminal(made: Mount, platform: Platform) -> None:
    slow(platform)
    (made.lab / "a.bin").write_bytes(bytes(100_000))
    ours, theirs = pty.openpty()
    watching = subprocess.Popen(
        [DATASETFS, "status", "--watch", str(made.path)], env=made.home.environment, stdout=theirs
    )
    os.close(theirs)
    seen = b""
    try:
        while b"a.bin" not in seen:
            seen += os.read(ours, 4096)
    finally:
        watching.send_signal(signal.SIGINT)
        watching.wait(timeout=10)
        os.close(ours)
    assert b"\x1b[H" in seen and "[····".encode() in seen


# retry, discard, export


def test_retry(made: Mount, platform: Platform) -> None:
    refuse(platform)
    (made.lab / "a.txt").write_text("a")
    (made.lab / "b.txt").write_text("b")
    assert parked(made, 2)
    platform.heal()
    assert "1 change" in commands(made, "retry", made.lab / "a.txt").stdout
    commands(made, "sync", made.lab / "a.txt")
    assert [line["path"].rpartition("/")[2] for line in queue(made)] == ["b.txt"]
    (row,) = json.loads(commands(made, "retry", made.path, "--json").stdout)
    assert len(row["changes"]) == 1
    made.sync()
    assert "nothing waits" in commands(made, "retry", made.lab / "a.txt", status=1).stderr
    commands(made, "retry", made.home.folder, status=4)


def test_retry_of_a_removal_that_was_refused(made: Mount, platform: Platform) -> None:
    """Its name is gone from the tree, and it can be named all the same."""
    (made.lab / "a.txt").write_text("a")
    made.sync()
    refuse(platform)
    (made.lab / "a.txt").unlink()
    assert parked(made)
    assert "removal" in commands(made, "sync", made.path, status=1).stderr
    platform.heal()
    commands(made, "retry", made.lab / "a.txt")
    made.sync()
    assert queue(made) == []


def test_discard_of_a_new_file(made: Mount, platform: Platform) -> None:
    refuse(platform)
    (made.lab / "a.txt").write_text("a")
    assert parked(made)
    commands(made, "discard", made.lab / "a.txt", stdin=subprocess.DEVNULL)
    assert not (made.lab / "a.txt").exists()
    # What the platform may have of it without having said so is taken back.
    platform.heal()
    made.sync()
    assert queue(made) == []
    assert "nothing waits" in commands(made, "discard", made.lab, status=1).stderr


def test_discard_of_a_change_shows_what_the_store_has(made: Mount, platform: Platform) -> None:
    (made.lab / "a.txt").write_text("at the store")
    made.sync()
    refuse(platform)
    (made.lab / "a.txt").write_text("not at the store")
    assert parked(made)
    assert "name the files" in commands(made, "discard", made.lab, status=1).stderr
    commands(made, "discard", made.lab / "a.txt", stdin=subprocess.DEVNULL)
    assert (made.lab / "a.txt").read_text() == "at the store"
    assert queue(made) == []


def test_discard_asks_on_a_terminal(made: Mount, platform: Platform) -> None:
    refuse(platform)
    (made.lab / "a.txt").write_text("a")
    assert parked(made)
    for answer, status in ((b"n\n", 1), (b"y\n", 0)):
        ours, theirs = pty.openpty()
        asking = subprocess.Popen(
            [DATASETFS, "discard", str(made.lab / "a.txt")], env=made.home.environment, stdin=theirs, stderr=theirs
        )
        os.close(theirs)
        seen = b""
        while b"[y/N]" not in seen:
            seen += os.read(ours, 4096)
        assert (made.lab / "a.txt").exists()
        os.write(ours, answer)
        assert asking.wait(timeout=20) == status
        os.close(ours)
    assert not (made.lab / "a.txt").exists()


@pytest.mark.parametrize("size", [5, 3_000_000])
def test_export(made: Mount, platform: Platform, tmp_path: Path, size: int) -> None:
    refuse(platform)
    content = os.urandom(size)
    (made.lab / "a.bin").write_bytes(content)
    assert parked(made)
    target = tmp_path / "saved"
    commands(made, "export", made.lab / "a.bin", target)
    assert target.read_bytes() == content
    target.write_bytes(b"mine")
    assert "--force" in commands(made, "export", made.lab / "a.bin", target, status=1).stderr
    assert target.read_bytes() == b"mine"
    commands(made, "export", "--force", made.lab / "a.bin", target)
    assert target.read_bytes() == content
    folder = tmp_path / "folder"
    folder.mkdir()
    commands(made, "export", made.lab / "a.bin", folder)
    assert (folder / "a.bin").read_bytes() == content
    assert [path.name for path in folder.iterdir()] == ["a.bin"]
    commands(made, "export", made.lab, folder, status=1)
    commands(made, "export", made.lab / "a.bin", status=64)


@pytest.mark.parametrize("size", [5, 3_000_000])
def test_export_without_a_mount(made: Mount, platform: Platform, tmp_path: Path, size: int) -> None:
    refuse(platform)
    content = os.urandom(size)
    (made.lab / "new").mkdir()
    (made.lab / "new/a.bin").write_bytes(content)
    (made.lab / "b.bin").write_bytes(b"b")
    assert "mounted already" in commands(made, "export", "--store", made.store, status=6).stderr
    commands(made, "unmount", made.path, status=7)
    listed = commands(made, "export", "--store", made.store).stdout.splitlines()
    assert sorted(line.split("\t")[0] for line in listed) == [f"{made.lab.name}/b.bin", f"{made.lab.name}/new/a.bin"]
    target = tmp_path / "saved"
    commands(made, "export", "--store", made.store, f"{made.lab.name}/new/a.bin", target)
    assert target.read_bytes() == content
    commands(made, "export", "--store", made.store, "b.bin", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"b"
    commands(made, "export", "--store", made.store, "none.bin", tmp_path / "c", status=1)
    platform.heal()
    made.make()
    commands(made, "retry", made.path)
    made.sync()
    assert (made.lab / "new/a.bin").read_bytes() == content


# What is typed wrongly


def test_a_mistyped_dataset_is_told(mount, platform: Platform) -> None:
    made = mount(platform, "--dataset", str(uuid.uuid4()), "--entry", "no-such-entry")
    assert "has no dataset" in made.warning and "no-such-entry" in made.warning


def test_a_home_that_does_not_exist_is_not_made(platform: Platform, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "none"), "EDISON_PLATFORM_API_KEY": "local-key"}
    (tmp_path / "mnt").mkdir()
    command = (DATASETFS, "mount", platform.store, tmp_path / "mnt")
    options = ("--cache-dir", tmp_path / "cache", "--state-dir", tmp_path / "state", "--log-file", tmp_path / "log")
    try:
        run(*command, *options, env=environment)
        assert not (tmp_path / "none").exists()
    finally:
        run(DATASETFS, "unmount", tmp_path / "mnt", env=environment)


def test_a_named_store_takes_nothing_behind_its_colon(home: Home, place: Path) -> None:
    folder = home.folder / "config/datasetfs"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text("stores:\n  lab:\n    address: 'memory:'\n")
    told = home.datasetfs("mount", "lab:rest", place, status=1).stderr
    assert "takes nothing behind its colon" in told
