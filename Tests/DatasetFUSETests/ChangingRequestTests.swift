internal import CFUSE
internal import Glibc
internal import Testing

@testable internal import DatasetFUSE

/// Opcodes of linux/fuse.h.
private enum Opcode {
    static let setattr: UInt32 = 4
    static let symlink: UInt32 = 6
    static let mknod: UInt32 = 8
    static let mkdir: UInt32 = 9
    static let rmdir: UInt32 = 11
    static let link: UInt32 = 13
    static let write: UInt32 = 16
    static let fsync: UInt32 = 20
    static let setxattr: UInt32 = 21
    static let flush: UInt32 = 25
    static let fsyncdir: UInt32 = 30
    static let create: UInt32 = 35
    static let fallocate: UInt32 = 43
    static let rename2: UInt32 = 45
    static let lseek: UInt32 = 46
    static let copy: UInt32 = 47
}

/// Little-endian bytes.
private func bytes32(_ values: UInt32...) -> [UInt8] {
    values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
}

private func bytes64(_ values: UInt64...) -> [UInt8] {
    values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
}

private func name(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

@Suite("A request that changes something")
struct ChangingRequestTests {
    private let calls = StaticCalls()
    private let kernel: FakeKernel

    init() throws {
        kernel = try #require(FakeKernel(calls))
        _ = kernel.start()
    }

    /// struct fuse_create_in: flags, mode, umask, open_flags.
    private func create(_ text: String, flags: Int32, mode: UInt32 = 0o100644) -> FakeKernel.Reply? {
        kernel.ask(Opcode.create, on: 1, bytes32(UInt32(bitPattern: flags), mode, 0o022, 0) + name(text))
    }

    @Test("a file that was made comes back as entry and handle in one answer")
    func creating() throws {
        let reply = try #require(create("new", flags: O_CREAT | O_WRONLY))

        // struct fuse_entry_out of 128 bytes, then struct fuse_open_out: handle, flags (FOPEN_KEEP_CACHE 2).
        #expect(reply.error == 0 && reply.body.count == 144)
        #expect(reply.body[0] == 7 && reply.body[128] == 9 && reply.body[136] == 2)
        #expect(calls.calls == ["create new 644 \(O_CREAT | O_WRONLY)"])
    }

    @Test("a name that turns out to be taken makes the kernel look again, unless it was to be new")
    func taken() {
        #expect(create("taken", flags: O_CREAT | O_WRONLY)?.error == -ESTALE)
        #expect(create("taken", flags: O_CREAT | O_EXCL | O_WRONLY)?.error == -EEXIST)
    }

    @Test("regular files are made by mknod, other kinds are refused")
    func nodes() {
        // struct fuse_mknod_in: mode, rdev, umask, padding.
        func make(_ mode: mode_t) -> Int32? {
            kernel.ask(Opcode.mknod, on: 1, bytes32(mode, 0, 0, 0) + name("node"))?.error
        }

        #expect(make(S_IFREG | 0o600) == 0 && make(0o640) == 0)
        // FIFO, character device, block device, socket.
        for kind: mode_t in [0o010000, 0o020000, 0o060000, 0o140000] { #expect(make(kind | 0o600) == -EPERM) }
        #expect(calls.calls == ["file node 600", "file node 640"])
        #expect(kernel.ask(Opcode.link, on: 1, bytes64(7) + name("second"))?.error == -EPERM)
    }

    @Test("directories and symbolic links carry their names, modes and targets")
    func others() {
        #expect(kernel.ask(Opcode.mkdir, on: 1, bytes32(0o750, 0o022) + name("dir"))?.error == 0)
        #expect(kernel.ask(Opcode.symlink, on: 1, name("Grüße") + name("https://example.org/x"))?.error == 0)
        #expect(kernel.ask(Opcode.mkdir, on: 1, bytes32(0o750, 0) + [0xFF, 0])?.error == -EILSEQ)
        #expect(calls.calls == ["directory dir 750", "link Grüße https://example.org/x"])
    }

    @Test("renameat2's flags become a rule, unknown ones are refused")
    func renaming() {
        // struct fuse_rename2_in: newdir, flags, padding.
        func rename(_ flags: UInt32) -> Int32? {
            kernel.ask(Opcode.rename2, on: 1, bytes64(3) + bytes32(flags, 0) + name("a") + name("b"))?.error
        }

        #expect([0, 1, 2].map(rename) == [0, 0, 0])
        #expect(rename(4) == -EINVAL && rename(3) == -EINVAL)
        #expect(calls.calls == ["rename a b 3 replaces", "rename a b 3 mustBeFree", "rename a b 3 exchanges"])
    }

    @Test("only an ordinary write of an appending file appends")
    func appending() {
        // struct fuse_write_in: fh, offset, size, write_flags, lock_owner, flags, padding.
        func write(_ flags: Int32, isPage: Bool = false) -> Int32? {
            let head = bytes64(9, 5) + bytes32(3, isPage ? 1 : 0) + bytes64(0) + bytes32(UInt32(bitPattern: flags), 0)
            return kernel.ask(Opcode.write, on: 7, head + [1, 2, 3])?.error
        }

        for flags in [O_WRONLY, O_WRONLY | O_APPEND, O_WRONLY | O_APPEND | 0o40000] { #expect(write(flags) == 0) }
        #expect(write(O_WRONLY | O_APPEND, isPage: true) == 0)
        #expect(calls.calls == ["write 9 5 3", "write 9 5 3 appends", "write 9 5 3", "write 9 5 3"])
    }

    @Test("what may upload has no deadline, and what waits for the queue neither")
    func deadlines() {
        // struct fuse_flush_in and fuse_fsync_in begin with the handle; fuse_setxattr_in: size, flags.
        #expect(kernel.ask(Opcode.flush, on: 7, bytes64(9, 0, 0))?.error == 0)
        #expect(kernel.ask(Opcode.fsync, on: 7, bytes64(9, 1))?.error == 0)
        #expect(kernel.ask(Opcode.fsyncdir, on: 1, bytes64(9, 0))?.error == 0)
        for text in ["user.datasetfs.sync", "user.datasetfs.drain", "user.tags"] {
            #expect(kernel.ask(Opcode.setxattr, on: 1, bytes32(1, 0) + name(text) + [0x31])?.error == 0)
        }

        #expect(
            calls.calls == [
                "flush 9 unlimited", "fsync 9 unlimited", "fsyncdir 1 unlimited", "set user.datasetfs.sync unlimited",
                "set user.datasetfs.drain unlimited", "set user.tags limited",
            ]
        )
        #expect(kernel.liveRequests == 0)
    }

    @Test("ranges are given room, emptied, found and copied, a copy at most 16 MiB at a time")
    func ranges() throws {
        // struct fuse_fallocate_in: fh, offset, length, mode, padding.
        func allocate(_ mode: UInt32) -> Int32? {
            kernel.ask(Opcode.fallocate, on: 7, bytes64(9, 10, 20) + bytes32(mode, 0))?.error
        }
        #expect([0, 1, 3, 16, 17].map(allocate) == [0, 0, 0, 0, 0])
        #expect(allocate(2) == -EOPNOTSUPP && allocate(8) == -EOPNOTSUPP && allocate(32) == -EOPNOTSUPP)
        #expect(calls.calls.last == "allocate 9 10+20 zeroes(keepsSize: true)")

        // struct fuse_lseek_in: fh, offset, whence, padding.
        func seek(_ whence: UInt32) -> FakeKernel.Reply? {
            kernel.ask(Opcode.lseek, on: 7, bytes64(9, 41) + bytes32(whence, 0))
        }
        #expect(try #require(seek(3)).body == bytes64(42) && seek(4)?.error == 0)
        #expect(seek(0)?.error == -EINVAL && seek(5)?.error == -EINVAL)

        // struct fuse_copy_file_range_in: fh_in, off_in, nodeid_out, fh_out, off_out, len, flags.
        func copy(_ count: UInt64, flags: UInt64 = 0) -> FakeKernel.Reply? {
            kernel.ask(Opcode.copy, on: 7, bytes64(9, 1, 7, 8, 2, count, flags))
        }
        #expect(try #require(copy(1 << 30)).body == bytes32(16 << 20, 0) && copy(1, flags: 1)?.error == -EINVAL)
        #expect(calls.calls.last == "copy 9 1 8 2 16777216")
    }

    @Test("a status is changed by the fields that were named, with the handle where there is one")
    func status() {
        // struct fuse_setattr_in: valid, padding, fh, size, then times and modes: 88 bytes.
        func change(_ fields: UInt32) -> Int32? {
            let body = bytes32(fields, 0) + bytes64(9, 77)
            return kernel.ask(Opcode.setattr, on: 7, body + [UInt8](repeating: 0, count: 88 - body.count))?.error
        }

        // FATTR_SIZE 8, FATTR_FH 64, FATTR_KILL_SUIDGID 2048.
        #expect([8, 8 | 64, 1, 2048].map(change) == [0, 0, 0, 0])
        #expect(calls.calls == ["change - size 77", "change 9 size 77", "change - size -", "change - size -"])
    }

    @Test("ENOSYS would end such calls for good and is never passed on")
    func unknown() {
        #expect(kernel.ask(Opcode.rmdir, on: 1, name("dir"))?.error == -EOPNOTSUPP)
    }
}
