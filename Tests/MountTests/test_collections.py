"""Zip collections are directories: listed by their tail, read member by member."""

from __future__ import annotations

import errno
import io
import os
import random
import struct
import time
import uuid
import zipfile
import zlib
from pathlib import Path

import pytest

from harness.platform import Platform
from harness.process import run, shell
from harness.reader import Reader


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    with io.BytesIO() as out:
        with zipfile.ZipFile(out, "w", method) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return out.getvalue()


def collection(platform: Platform, dataset: str, name: str, content: bytes) -> str:
    """As the platform's client declares one."""
    return platform.upload(
        content,
        name=name,
        file_path=f"{name}.zip",
        dataset_id=dataset,
        is_collection=True,
        metadata={"size": len(content)},
    )


def noise(count: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(count)


def prose(count: int, seed: int = 1) -> bytes:
    """Compresses to about half."""
    source = random.Random(seed)
    words = [source.randbytes(3).hex() for _ in range(2000)]
    text = " ".join(source.choices(words, k=count // 7 + 1)).encode()
    return text[:count]


def code(body) -> int:
    with pytest.raises(OSError) as failure:
        body()
    return failure.value.errno


@pytest.fixture
def dataset(platform: Platform) -> tuple[str, str]:
    name = f"set-{uuid.uuid4().hex[:8]}"
    return name, platform.dataset(name)


def test_of_the_client(mount, platform: Platform, tmp_path: Path) -> None:
    """A directory that the platform's own client stored as a collection reads back as that directory."""
    folder = tmp_path / "results"
    (folder / "deep/er").mkdir(parents=True)
    contents = {"a.txt": b"alpha\n", "deep/b.bin": noise(70_000), "deep/er/c.csv": prose(300_000), "empty": b""}
    for path, content in contents.items():
        (folder / path).write_bytes(content)
    client = Reader(platform)
    stored = client.client.store_file_content(name="results", file_path=folder, as_collection=True)
    client.close()
    mounted = mount(platform, "--dataset", str(stored.data_storage.dataset_id))
    (top,) = mounted.path.glob("*/results")
    found = {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()}
    assert found == contents
    assert run("diff", "-r", folder, top).stdout == ""
    assert os.getxattr(top, "user.datasetfs.id").decode() == str(stored.data_storage.id)
    # Inode numbers and names are there again without the store.
    numbers = {path: path.stat().st_ino for path in top.rglob("*")}
    mounted.unmount()
    platform.count()
    mounted.make("--attr-ttl", "60", "--dataset", str(stored.data_storage.dataset_id))
    assert {path: path.stat().st_ino for path in top.rglob("*")} == numbers


def test_costs(mount, platform: Platform, dataset) -> None:
    """`ls` costs the tail of the zip and no more; reading one member transfers that member."""
    members = {f"d{n % 10}/f{n:05}.bin": noise(1000, n) for n in range(10_000)}
    members["big"] = prose(3_000_000)
    name, identifier = dataset
    content = packed(members)
    collection(platform, identifier, "c", content)
    mounted = mount(platform, "--attr-ttl", "60")
    top = mounted / name
    assert os.listdir(top) == ["c"]
    platform.count()
    before = platform.bytes_sent
    start = time.monotonic()
    assert sorted(os.listdir(top / "c")) == ["big"] + [f"d{n}" for n in range(10)]
    print(f"first look into 10 000 members: {time.monotonic() - start:.3f} s, {platform.requests}, {platform.bytes_sent}")
    assert sum(platform.requests.values()) <= 3, platform.requests
    assert platform.bytes_sent - before <= 2 << 20
    assert len(os.listdir(top / "c/d3")) == 1000
    assert sum(platform.requests.values()) <= 3, platform.requests
    before = platform.bytes_sent
    assert (top / "c/d3/f00003.bin").read_bytes() == members["d3/f00003.bin"]
    assert platform.bytes_sent - before <= 1000 + (256 << 10)
    before = platform.bytes_sent
    assert (top / "c/big").read_bytes() == members["big"]
    assert platform.bytes_sent - before <= len(zlib.compress(members["big"])) + (256 << 10)
    # A second mount lists without asking for any of it.
    mounted.unmount()
    mounted.make("--attr-ttl", "600")
    platform.count()
    assert len(os.listdir(top / "c/d3")) == 1000
    assert not any("objects" in route for route in platform.requests), platform.requests


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods(mount, platform: Platform, dataset, method: int) -> None:
    """Whatever way a member is packed, any part of it in any order is the content's."""
    name, identifier = dataset
    content = prose(9_000_000, method)
    collection(platform, identifier, "c", packed({"x": content, "y": content[:5000]}, method))
    path = mount(platform) / name / "c/x"
    assert path.stat().st_size == len(content)
    with path.open("rb") as file:
        for offset in (8_900_000, 0, 4_000_001, 8_999_999, 65_536):
            file.seek(offset)
            assert file.read(70_000) == content[offset : offset + 70_000]
    assert path.read_bytes() == content
    assert (path.parent / "y").read_bytes() == content[:5000]


def test_end_of_a_large_member(mount, platform: Platform, dataset) -> None:
    """The end of a large member is unpacked once: the next mount begins at a checkpoint."""
    name, identifier = dataset
    content = prose(1 << 20) * 96
    archive = packed({"x": content})
    collection(platform, identifier, "c", archive)
    mounted = mount(platform)
    path = mounted / name / "c/x"
    os.listdir(path.parent)
    before = platform.bytes_sent
    with path.open("rb") as file:
        file.seek(-65_536, os.SEEK_END)
        start = time.monotonic()
        assert file.read() == content[-65_536:]
        print(f"first time: {time.monotonic() - start:.3f} s")
    assert platform.bytes_sent - before <= len(archive) + (1 << 20)
    mounted.unmount()
    mounted.make()
    with path.open("rb") as file:
        file.seek(-200_000, os.SEEK_END)
        start = time.monotonic()
        assert file.read(65_536) == content[-200_000:][:65_536]
        print(f"second mount: {time.monotonic() - start:.3f} s")


def test_raw(mount, platform: Platform, dataset) -> None:
    """The zip itself is readable below `.datasetfs/raw`."""
    name, identifier = dataset
    content = packed({"a": noise(2_000_000)})
    collection(platform, identifier, "c", content)
    top = mount(platform) / name
    raw = top / ".datasetfs/raw"
    assert os.listdir(raw) == ["c.zip"]
    assert (raw / "c.zip").stat().st_size == len(content)
    assert (raw / "c.zip").read_bytes() == content
    assert zipfile.ZipFile(raw / "c.zip").namelist() == ["a"]
    with pytest.raises(FileNotFoundError):
        (raw / "other.zip").stat()


def test_damaged(mount, platform: Platform, dataset) -> None:
    """A damaged zip is an empty directory with a word on why; a damaged member is EIO, its neighbours read."""
    name, identifier = dataset
    members = {"a": prose(50_000, 1), "b": prose(50_000, 2), "c": prose(50_000, 3)}
    good = packed(members)
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        place = archive.getinfo("b").header_offset + 200
    torn = bytearray(good)
    torn[place : place + 40] = bytes(40)
    collection(platform, identifier, "torn", bytes(torn))
    collection(platform, identifier, "cut", good[: len(good) // 2])
    collection(platform, identifier, "none", noise(100_000))
    mounted = mount(platform)
    top = mounted / name
    assert sorted(os.listdir(top / "torn")) == ["a", "b", "c"]
    assert (top / "torn/a").read_bytes() == members["a"]
    assert (top / "torn/c").read_bytes() == members["c"]
    assert code((top / "torn/b").read_bytes) == errno.EIO
    for each in ("cut", "none"):
        assert os.listdir(top / each) == []
        assert any(error["path"] == f"/{name}/{each}" for error in mounted.errors), mounted.errors
        assert os.getxattr(top / each, "user.datasetfs.error")
    assert (top / ".datasetfs/raw/cut.zip").read_bytes() == good[: len(good) // 2]
    # Nothing that cannot be seen is taken away.
    assert code(lambda: os.rmdir(top / "cut")) in (errno.EROFS, errno.ENOTEMPTY)


def test_encrypted(mount, platform: Platform, dataset) -> None:
    """An encrypted member: EACCES."""
    name, identifier = dataset
    content = bytearray(packed({"secret": b"x" * 1000, "open": b"y" * 1000}))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        local = archive.getinfo("secret").header_offset
    central = content.find(b"PK\x01\x02")
    for place in (local + 6, central + 8):
        (flags,) = struct.unpack_from("<H", content, place)
        struct.pack_into("<H", content, place, flags | 1)
    collection(platform, identifier, "c", bytes(content))
    top = mount(platform) / name / "c"
    assert code((top / "secret").read_bytes) == errno.EACCES
    assert (top / "open").read_bytes() == b"y" * 1000


def test_hostile(mount, platform: Platform, dataset) -> None:
    """Names and links in an archive never lead out of it."""
    name, identifier = dataset
    with io.BytesIO() as out:
        with zipfile.ZipFile(out, "w") as archive:
            for path in ("../up", "/etc/passwd", "a/../../b", "ok/file", "ok", ".datasetfs/status", "C:\\x"):
                archive.writestr(path, path)
            for path, target in (("out", "/etc/passwd"), ("above", "../../x"), ("fine", "ok/file")):
                info = zipfile.ZipInfo(path)
                info.create_system = 3
                info.external_attr = 0o120777 << 16
                archive.writestr(info, target)
        content = out.getvalue()
    collection(platform, identifier, "c", content)
    top = mount(platform) / name / "c"
    names = os.listdir(top)
    assert ".." not in names and ".datasetfs" not in names and "up" not in names
    assert os.readlink(top / "fine") == "ok/file"
    assert (top / "fine").read_text() == "ok/file"
    for link in ("out", "above"):
        assert (top / link).is_symlink()
        assert code(lambda: os.readlink(top / link)) == errno.EACCES
    assert json_status(top)


def json_status(top: Path) -> bool:
    """The control directory of a collection is the program's own, whatever the archive holds."""
    return (top / ".datasetfs/raw").is_dir()


def test_modes_and_times(mount, platform: Platform, dataset) -> None:
    """Programs can be executed; times are the archive's."""
    name, identifier = dataset
    with io.BytesIO() as out:
        with zipfile.ZipFile(out, "w") as archive:
            for path, mode in (("run", 0o755), ("read", 0o644)):
                info = zipfile.ZipInfo(path, (2020, 2, 4, 6, 8, 10))
                info.create_system = 3
                info.external_attr = (0o100000 | mode) << 16
                archive.writestr(info, "#!/bin/sh\necho it runs\n")
        collection(platform, identifier, "c", out.getvalue())
    top = mount(platform) / name / "c"
    assert shell(f"'{top}/run'").strip() == "it runs"
    assert (top / "read").stat().st_mode & 0o777 == 0o444
    assert time.gmtime((top / "run").stat().st_mtime)[:6] == (2020, 2, 4, 6, 8, 10)


def test_new_version(mount, platform: Platform, dataset) -> None:
    """Who has a member open reads the old bytes or hears ESTALE; who opens it next reads the new ones."""
    name, identifier = dataset
    old, new = prose(3_000_000, 1), prose(3_000_000, 2)
    entry = collection(platform, identifier, "c", packed({"x": old, "gone": b"1"}))
    top = mount(platform, "--attr-ttl", "0") / name / "c"
    with (top / "x").open("rb") as file:
        assert file.read(100_000) == old[:100_000]
        source = collection(platform, identifier, "source", packed({"x": new, "come": b"2"}))
        platform.revise(entry, str(uuid.uuid4()), source_entry_id=source)
        assert sorted(os.listdir(top)) == ["come", "x"]
        assert (top / "x").read_bytes() == new
        try:
            assert file.read() == old[100_000:]
        except OSError as error:
            assert error.errno == errno.ESTALE


def test_read_only(mount, platform: Platform, dataset) -> None:
    """Nothing in a collection can be changed, and every call says so."""
    name, identifier = dataset
    collection(platform, identifier, "c", packed({"d/a": b"1"}))
    mounted = mount(platform)
    top = mounted / name / "c"
    refused = (errno.EROFS, errno.ENOTSUP)
    assert code(lambda: (top / "new.txt").write_text("x")) in refused
    assert code(lambda: (top / "d/a").write_text("x")) in refused
    assert code(lambda: os.truncate(top / "d/a", 0)) in refused
    assert code(lambda: os.unlink(top / "d/a")) in refused
    assert code(lambda: os.mkdir(top / "sub")) in refused
    assert code(lambda: os.rename(top / "d/a", top / "b")) in refused
    assert code(lambda: os.rename(top, top.parent / "other")) in refused
    assert code(lambda: os.rmdir(top)) in (*refused, errno.ENOTEMPTY)
    assert (top / "d/a").read_bytes() == b"1"
    assert not os.access(top / "d/a", os.W_OK) or os.getuid() == 0
    assert mounted.pending == 0
    assert any(error["code"] == "readOnly" and error.get("remedy") for error in mounted.errors)


def test_archives_option(mount, platform: Platform, dataset) -> None:
    """`-o archives=all` opens ordinary zips as well; documents that merely are zips stay files."""
    name, identifier = dataset
    content = packed({"a": b"1"})
    for each in ("plain.zip", "book.xlsx", "text.docx", "lib.jar"):
        platform.upload(content, name=each, file_path=each, dataset_id=identifier)
    collection(platform, identifier, "c", content)
    mounted = mount(platform)
    top = mounted / name
    assert (top / "plain.zip").read_bytes() == content and (top / "c/a").read_bytes() == b"1"
    mounted.unmount()
    mounted.make("-o", "archives=all", "--attr-ttl", "0")
    assert (top / "plain.zip/a").read_bytes() == b"1"
    assert all((top / each).read_bytes() == content for each in ("book.xlsx", "text.docx", "lib.jar"))
    assert sorted(os.listdir(top / ".datasetfs/raw")) == ["c.zip", "plain.zip"]
    assert (top / ".datasetfs/raw/plain.zip").read_bytes() == content
    mounted.unmount()
    mounted.make("-o", "archives=none", "--attr-ttl", "0")
    assert (top / "c.zip").read_bytes() == content


def test_whole_copy(mount, platform: Platform, dataset, tmp_path: Path) -> None:
    """`cp -r` and many readers at once get every byte; the archive crosses the wire once."""
    name, identifier = dataset
    members = {f"{n % 7}/{n}.bin": (noise if n % 2 else prose)(n * 331 % 90_000, n) for n in range(400)}
    content = packed(members)
    collection(platform, identifier, "c", content)
    top = mount(platform) / name / "c"
    before = platform.bytes_sent
    run("cp", "-r", top, tmp_path / "copy", timeout=120)
    for path, expected in members.items():
        assert (tmp_path / "copy" / path).read_bytes() == expected
    assert platform.bytes_sent - before <= len(content) * 1.1 + (1 << 20)


def test_file_store(mount, tmp_path: Path) -> None:
    """Every store's zips open, with `archives=all`."""
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / "x.zip").write_bytes(packed({"in/a": b"1", "in/b": noise(100_000)}))
    mounted = mount(f"file:{folder}", "-o", "archives=all")
    assert (mounted / "x.zip/in/a").read_bytes() == b"1"
    assert (mounted / "x.zip/in/b").read_bytes() == noise(100_000)
    assert (mounted / ".datasetfs/raw/x.zip").read_bytes() == (folder / "x.zip").read_bytes()
