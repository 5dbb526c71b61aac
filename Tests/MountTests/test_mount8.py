"""mount(8), umount(8) and fstab, with the helper that install.sh installs."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.mounting import Home, is_mounted
from harness.platform import Platform
from harness.process import BINARIES, DATASETFS, eventually, is_alive, run

TOP = Path(__file__).resolve().parents[2]
HELPER = Path("/sbin/mount.datasetfs")
SECRET = "local-key"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """install.sh puts all in place under a prefix of the test's own, and takes it away again."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount by mount(8) and write the helper to /sbin")
    if HELPER.exists():
        pytest.skip(f"{HELPER} is installed already; the test would replace it")
    prefix = tmp_path_factory.mktemp("prefix")
    environment = {**os.environ, "DATASETFS_BIN": str(BINARIES)}
    script = TOP / "mount-scripts/install.sh"
    run(script, "--prefix", prefix, env=environment, timeout=300)
    yield prefix
    run(script, "--prefix", prefix, "--uninstall", env=environment)
    assert not HELPER.exists()
    assert [path for path in prefix.rglob("*") if path.is_file()] == []


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text(SECRET)
    file.chmod(0o600)
    return file


def seeded(platform: Platform) -> None:
    platform.entry(name="note", content="hello", file_path="note.txt", dataset_id=platform.dataset("by mount"))


def process_behind(place: Path) -> int:
    return json.loads((place / ".datasetfs/status").read_text())["processID"]


def test_mount_and_umount(installed: Path, platform: Platform, place: Path, key: Path, home: Home) -> None:
    """`mount -t datasetfs edison: /mnt/data -o …` and `umount` work."""
    seeded(platform)
    del home.environment["EDISON_PLATFORM_API_KEY"]
    options = f"ro,allow_other,_netdev,attr_ttl=60,api-key-file={key}"
    run("mount", "-t", "datasetfs", platform.store, place, "-o", options, env=home.environment)
    assert (place / "by mount/note.txt").read_text() == "hello"
    line = run("findmnt", "-n", "-o", "FSTYPE,OPTIONS", place).stdout
    assert line.startswith("fuse.datasetfs") and "ro" in line.split()[1].split(",") and "allow_other" in line
    process = process_behind(place)
    run("umount", place)
    assert eventually(lambda: not is_alive(process))


def test_fstab(installed: Path, platform: Platform, place: Path, key: Path, home: Home, tmp_path: Path) -> None:
    """An fstab line with `_netdev,noauto,x-systemd.automount` and `umount` work."""
    seeded(platform)
    table = tmp_path / "fstab"
    table.write_text(
        f"{platform.store} {place} datasetfs ro,_netdev,noauto,nofail,x-systemd.automount,"
        f"x-systemd.idle-timeout=600,allow_other,api-key-file={key} 0 0\n"
    )
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "XDG_CACHE_HOME": home.environment["XDG_CACHE_HOME"]}
    environment["XDG_STATE_HOME"] = home.environment["XDG_STATE_HOME"]
    run("mount", "--fstab", table, "-a", env=environment)
    assert not is_mounted(place), "noauto"
    run("mount", "--fstab", table, place, env=environment)
    assert (place / "by mount/note.txt").read_text() == "hello"
    run("umount", place)
    assert not is_mounted(place)


def test_refusal_reaches_mount(installed: Path, platform: Platform, place: Path, home: Home, tmp_path: Path) -> None:
    """The first error is printed verbatim with a remedy."""
    wrong = tmp_path / "wrong"
    wrong.write_text("not-the-key")
    wrong.chmod(0o600)
    command = ["mount", "-t", "datasetfs", platform.store, place, "-o"]
    done = run(*command, f"api-key-file={wrong}", status=None, env=home.environment)
    assert done.returncode != 0 and "datasetfs: " in done.stderr and "not-the-key" not in done.stderr
    done = run(*command, "no-such-option", status=None, env=home.environment)
    assert done.returncode != 0 and "no-such-option" in done.stderr
    run("mount", "-f", "-t", "datasetfs", platform.store, place, env=home.environment)
    assert not is_mounted(place)


def test_installed_files(installed: Path) -> None:
    """Binaries, helper, units, completions."""
    assert "datasetfs" in run(installed / "bin/datasetfs", "--help").stdout
    assert "--port" in run(installed / "bin/datasetfs-server", "--help").stdout
    assert str(installed / "bin") in HELPER.read_text()
    unit = (installed / "lib/systemd/user/datasetfs@.service").read_text()
    assert f"ExecStart={installed}/bin/datasetfs mount" in unit and "@PREFIX@" not in unit
    run("bash", "-n", installed / "share/bash-completion/completions/datasetfs")
    if shutil.which("systemd-analyze"):
        examples = installed / "share/doc/datasetfs"
        done = run("systemd-analyze", "verify", "--man=no", examples / "mnt-datasets.automount", status=None)
        assert "mnt-datasets" not in done.stderr, done.stderr


def test_options_in_words(platform: Platform, mount, tmp_path: Path, home: Home) -> None:
    """`-o` takes what mount(8) passes: `_` for `-`, quoted commas, what is for others is ignored."""
    seeded(platform)
    mounted = mount(platform, "-o", f"ro,nofail,user,x-gvfs-show,attr_ttl=7,cache_dir=\"{tmp_path}/a,b\"")
    assert '"attr_ttl_seconds" : "7' in (mounted / ".datasetfs/config").read_text().replace('": "', '" : "')
    assert (tmp_path / "a,b").is_dir()
    assert Path(DATASETFS).exists()
