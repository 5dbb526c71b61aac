internal import CFUSE
internal import DatasetVFS
internal import Glibc
internal import Testing

@testable internal import DatasetFUSE

/// Opcodes of linux/fuse.h.
private enum Opcode {
    static let lookup: UInt32 = 1
    static let forget: UInt32 = 2
    static let getattr: UInt32 = 3
    static let open: UInt32 = 14
    static let statfs: UInt32 = 17
    static let opendir: UInt32 = 27
    static let access: UInt32 = 34
    static let poll: UInt32 = 40
}

@Suite("Request")
struct RequestTests {
    @Test("a request that nobody answered answers EIO")
    func forgotten() throws {
        let kernel = try #require(
            FakeKernel(StaticCalls()) { table in
                unsafe table.statfs = { raw, _ in _ = unsafe Request(raw) }
            }
        )
        _ = kernel.start()

        let reply = try #require(kernel.ask(Opcode.statfs, on: 1, unique: 77))

        #expect(reply == FakeKernel.Reply(unique: 77, error: -EIO, body: []))
        #expect(kernel.liveRequests == 0)
    }

    @Test("the first exchange agrees on what libfuse alone would not")
    func negotiation() throws {
        let kernel = try #require(FakeKernel(StaticCalls()))
        let reply = try #require(kernel.start())

        #expect(reply.error == 0 && reply.body.count == 64)
        #expect(kernel.agreedFlags & ConnectionLimits.setFlags == ConnectionLimits.setFlags)
        // struct fuse_init_out: max_background at 16, max_write at 20.
        #expect(reply.body[16] == 64 && reply.body[22] == 16)
    }

    @Test("an answer that is found carries node id and lifetime, an absent one a lifetime only")
    func lookups() throws {
        let kernel = try #require(FakeKernel(StaticCalls()))
        _ = kernel.start()

        let found = try #require(kernel.ask(Opcode.lookup, on: 1, Array("there\0".utf8)))
        let absent = try #require(kernel.ask(Opcode.lookup, on: 1, Array("not there\0".utf8)))
        let failed = try #require(kernel.ask(Opcode.lookup, on: 1, Array("broken\0".utf8)))

        // struct fuse_entry_out: nodeid at 0, entry_valid at 16.
        #expect(found.error == 0 && found.body[0] == 7 && found.body[16] == 30)
        #expect(absent.error == 0 && absent.body[0] == 0 && absent.body[16] == 9)
        #expect(failed == FakeKernel.Reply(unique: 2, error: -EHOSTUNREACH, body: []))
        #expect(kernel.liveRequests == 0)
    }

    @Test("a forget has no reply")
    func forgets() throws {
        let kernel = try #require(FakeKernel(StaticCalls()))
        _ = kernel.start()

        #expect(kernel.ask(Opcode.forget, on: 7, [3, 0, 0, 0, 0, 0, 0, 0]) == nil)
    }

    @Test("what is not implemented says so", arguments: [Opcode.access, Opcode.poll])
    func missing(opcode: UInt32) throws {
        let kernel = try #require(FakeKernel(StaticCalls()))
        _ = kernel.start()

        let body = [UInt8](repeating: 0, count: 24)
        #expect(kernel.ask(opcode, on: 1, body)?.error == -ENOSYS)
    }

    @Test("an answer that the kernel does not take is told to who gave something out")
    func abandoned() throws {
        let kernel = try #require(
            FakeKernel(StaticCalls()) { table in
                unsafe table.statfs = { raw, _ in
                    // As when the connection is cut: nothing was sent.
                    let isTaken = unsafe Request(raw).answer { _ in -ENOENT }
                    unsafe fuse_reply_err(raw, isTaken ? 0 : EINTR)
                }
            }
        )
        _ = kernel.start()

        #expect(kernel.ask(Opcode.statfs, on: 1)?.error == -EINTR)
        #expect(kernel.liveRequests == 0)
    }
}
