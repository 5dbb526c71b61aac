"""Mounts such a disk; a program of its own.

    mounted.py DIRECTORY IMAGE

Reads the disk from IMAGE if it is there, says `ready`, and obeys the lines of its standard input: `refuse ERRNO` lets all
changes fail from now on, `refuse 0` no more; `cut` and `cut SEED` lose what was not synced, write what is left to IMAGE and end it.
"""

from __future__ import annotations

import errno
import os
import pickle
import random
import stat
import subprocess
import sys
from pathlib import Path

import pyfuse3
import trio

sys.path.insert(0, str(Path(__file__).parent.parent))

from powerloss.disk import ROOT, Disk, Node  # noqa: E402


class Layer(pyfuse3.Operations):
    enable_writeback_cache = False

    def __init__(self, disk: Disk) -> None:
        super().__init__()
        self.disk = disk
        self.refusal = 0

    def changing(self) -> None:
        """Before every change."""
        if self.refusal:
            raise pyfuse3.FUSEError(self.refusal)

    def node(self, number: int) -> Node:
        try:
            return self.disk.nodes[number]
        except KeyError:
            raise pyfuse3.FUSEError(errno.ENOENT) from None

    def child(self, parent: int, name: bytes) -> Node:
        try:
            return self.node(self.node(parent).names[name])
        except KeyError:
            raise pyfuse3.FUSEError(errno.ENOENT) from None

    def attributes(self, node: Node) -> pyfuse3.EntryAttributes:
        entry = pyfuse3.EntryAttributes()
        entry.st_ino = node.number
        entry.st_mode = node.mode
        entry.st_nlink = 2 if node.is_directory else 1
        entry.st_size = len(node.target or node.data)
        entry.st_blocks = (entry.st_size + 511) // 512
        entry.st_blksize = 4096
        entry.st_uid, entry.st_gid = os.getuid(), os.getgid()
        entry.st_atime_ns = entry.st_mtime_ns = entry.st_ctime_ns = node.modified
        entry.attr_timeout = entry.entry_timeout = 60
        return entry

    async def getattr(self, inode, ctx=None):
        return self.attributes(self.node(inode))

    async def lookup(self, parent_inode, name, ctx=None):
        if name == b".":
            return self.attributes(self.node(parent_inode))
        return self.attributes(self.child(parent_inode, name))

    async def setattr(self, inode, attr, fields, fh, ctx):
        self.changing()
        node = self.node(inode)
        if fields.update_size:
            self.disk.resize(node, attr.st_size)
        if fields.update_mode:
            node.mode = stat.S_IFMT(node.mode) | stat.S_IMODE(attr.st_mode)
        if fields.update_mtime:
            node.modified = attr.st_mtime_ns
        return self.attributes(node)

    async def mkdir(self, parent_inode, name, mode, ctx):
        self.free(parent_inode, name)
        return self.attributes(self.disk.make(parent_inode, name, stat.S_IFDIR | stat.S_IMODE(mode)))

    async def symlink(self, parent_inode, name, target, ctx):
        self.free(parent_inode, name)
        return self.attributes(self.disk.make(parent_inode, name, stat.S_IFLNK | 0o777, target))

    async def readlink(self, inode, ctx):
        return self.node(inode).target

    def free(self, parent: int, name: bytes) -> None:
        self.changing()
        if name in self.node(parent).names:
            raise pyfuse3.FUSEError(errno.EEXIST)

    async def create(self, parent_inode, name, mode, flags, ctx):
        self.free(parent_inode, name)
        node = self.disk.make(parent_inode, name, stat.S_IFREG | stat.S_IMODE(mode))
        return pyfuse3.FileInfo(fh=node.number), self.attributes(node)

    async def mknod(self, parent_inode, name, mode, rdev, ctx):
        self.free(parent_inode, name)
        return self.attributes(self.disk.make(parent_inode, name, mode))

    async def open(self, inode, flags, ctx):
        if self.refusal == errno.EROFS and flags & (os.O_WRONLY | os.O_RDWR):
            self.changing()
        if flags & os.O_TRUNC:
            self.disk.resize(self.node(inode), 0)
        return pyfuse3.FileInfo(fh=inode)

    async def read(self, fh, off, size):
        return bytes(self.node(fh).data[off : off + size])

    async def write(self, fh, off, buf):
        self.changing()
        self.disk.write(self.node(fh), off, buf)
        return len(buf)

    async def fsync(self, fh, datasync):
        self.changing()
        self.disk.sync(self.node(fh))

    async def fsyncdir(self, fh, datasync):
        self.changing()
        self.disk.sync_names(self.node(fh))

    async def flush(self, fh): ...

    async def release(self, fh): ...

    async def unlink(self, parent_inode, name, ctx):
        self.changing()
        self.child(parent_inode, name)
        self.disk.remove(parent_inode, name)

    async def rmdir(self, parent_inode, name, ctx):
        self.changing()
        if self.child(parent_inode, name).names:
            raise pyfuse3.FUSEError(errno.ENOTEMPTY)
        self.disk.remove(parent_inode, name)

    async def rename(self, parent_inode_old, name_old, parent_inode_new, name_new, flags, ctx):
        self.changing()
        self.child(parent_inode_old, name_old)
        if flags & pyfuse3.RENAME_NOREPLACE:
            self.free(parent_inode_new, name_new)
        elif flags:
            raise pyfuse3.FUSEError(errno.EINVAL)
        self.disk.rename((parent_inode_old, name_old), (parent_inode_new, name_new))

    async def opendir(self, inode, ctx):
        return inode

    async def releasedir(self, fh): ...

    async def readdir(self, fh, start_id, token):
        for position, (name, number) in enumerate(sorted(self.node(fh).names.items())):
            if position >= start_id and number in self.disk.nodes:
                if not pyfuse3.readdir_reply(token, name, self.attributes(self.node(number)), position + 1):
                    return

    async def statfs(self, ctx):
        data = pyfuse3.StatvfsData()
        data.f_bsize = data.f_frsize = 4096
        data.f_blocks = data.f_bfree = data.f_bavail = 1 << 24
        data.f_files = data.f_ffree = data.f_favail = 1 << 20
        data.f_namemax = 255
        return data

    async def access(self, inode, mode, ctx):
        return True

    async def getxattr(self, inode, name, ctx):
        raise pyfuse3.FUSEError(errno.ENODATA)

    async def listxattr(self, inode, ctx):
        return []


def load(image: Path) -> Disk:
    return pickle.loads(image.read_bytes()) if image.exists() else Disk()


async def obey(layer: Layer, image: Path, place: str) -> None:
    disk = layer.disk
    async with trio.open_nursery() as nursery:
        nursery.start_soon(pyfuse3.main)
        print("ready", flush=True)
        while True:
            line = await trio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True)
            words = line.split() or ["cut"]
            if words[0] == "cut":
                break
            layer.refusal = int(words[1])
            print("so be it", flush=True)
        disk.cut(random.Random(int(words[1])) if len(words) > 1 else None)
        image.write_bytes(pickle.dumps(disk))
        print(f"cut after {disk.syncs} syncs", flush=True)
        # Whoever still has a file open there gets errors from now on.
        subprocess.run(["umount", "--lazy", place], check=False, capture_output=True)
        os._exit(0)


def main() -> None:
    place, image = sys.argv[1], Path(sys.argv[2])
    disk = load(image)
    assert ROOT in disk.nodes
    options = set(pyfuse3.default_options)
    options.add("fsname=powerloss")
    options.discard("default_permissions")
    layer = Layer(disk)
    pyfuse3.init(layer, place, options)
    trio.run(obey, layer, image, place)


if __name__ == "__main__":
    main()
