internal import CFUSE
internal import Testing

@testable internal import DatasetFUSE

@Suite("The first exchange with the kernel")
struct NegotiationTests {
    /// An INIT request as it is read from the device.
    private func request(unique: UInt64, offered: UInt64) -> [UInt8] {
        var header = fuse_in_header()
        header.opcode = 26
        header.unique = unique
        var body = fuse_init_in()
        body.flags = UInt32(truncatingIfNeeded: offered)
        body.flags2 = UInt32(offered >> 32)
        let first = unsafe withUnsafeBytes(of: header) { unsafe Array($0) }
        let second = unsafe withUnsafeBytes(of: body) { unsafe Array($0) }
        return first + second
    }

    /// The flags of a reply after it went through the patch; nil when it was not taken for the INIT reply.
    private func patched(_ data: inout cfuse_userdata, unique: UInt64, error: Int32 = 0, flags: UInt32) -> UInt64? {
        var header = fuse_out_header()
        header.unique = unique
        header.error = error
        var body = fuse_init_out()
        body.flags = flags
        let isTaken = unsafe withUnsafeMutableBytes(of: &header) { header in
            unsafe withUnsafeMutableBytes(of: &body) { body in
                let parts = unsafe [
                    iovec(iov_base: header.baseAddress, iov_len: header.count),
                    iovec(iov_base: body.baseAddress, iov_len: body.count),
                ]
                return unsafe cfuse_patch_reply(&data, parts, 2)
            }
        }
        return isTaken == 1 ? UInt64(body.flags) | UInt64(body.flags2) << 32 : nil
    }

    @Test("flags are set where the kernel offers them, and cleared")
    func flags() {
        var data = unsafe cfuse_userdata()
        unsafe data.set = 1 << 18 | 1 << 28 | 1 << 37
        unsafe data.clear = 1 << 3
        let bytes = request(unique: 9, offered: 1 << 18 | 1 << 30 | 1 << 37)
        unsafe cfuse_note_request(&data, bytes, bytes.count)

        #expect(unsafe data.phase == Int32(CFUSE_NEGOTIATING))
        #expect(unsafe patched(&data, unique: 9, flags: 0b1001) == 1 << 18 | 1 << 37 | 1 << 30 | 1)
        #expect(unsafe data.agreed == 1 << 18 | 1 << 37 | 1 << 30 | 1)
    }

    @Test("other requests, other replies and refusals stay as they are")
    func others() {
        var data = unsafe cfuse_userdata()
        var bytes = request(unique: 9, offered: 0)
        unsafe cfuse_note_request(&data, bytes, 20)
        bytes[4] = 3
        unsafe cfuse_note_request(&data, bytes, bytes.count)
        #expect(unsafe data.phase == Int32(CFUSE_WAITING))

        bytes[4] = 26
        unsafe cfuse_note_request(&data, bytes, bytes.count)
        #expect(unsafe patched(&data, unique: 8, flags: 1) == nil)
        #expect(unsafe patched(&data, unique: 9, error: -71, flags: 1) == nil)
    }

    @Test("what libfuse wants by default is corrected")
    func capabilities() {
        var connection = fuse_conn_info()
        connection.capable = .max
        connection.want = UInt32(FUSE_CAP_READDIRPLUS_AUTO | FUSE_CAP_SPLICE_READ | FUSE_CAP_AUTO_INVAL_DATA)
        ConnectionLimits().apply(to: &connection, maximumRead: 65536)

        #expect(connection.want & UInt32(FUSE_CAP_READDIRPLUS) != 0)
        #expect(connection.want & UInt32(FUSE_CAP_READDIRPLUS_AUTO) == 0)
        #expect(connection.want & UInt32(FUSE_CAP_WRITEBACK_CACHE) == 0)
        // Of the two ways to drop pages the automatic one would win.
        #expect(connection.want & UInt32(FUSE_CAP_AUTO_INVAL_DATA | FUSE_CAP_DONT_MASK) == 0)
        #expect(connection.want & UInt32(FUSE_CAP_EXPLICIT_INVAL_DATA) != 0)
        #expect(connection.want & UInt32(FUSE_CAP_ATOMIC_O_TRUNC) != 0)
        #expect(connection.want & UInt32(FUSE_CAP_SPLICE_READ) == 0)
        #expect(connection.max_background == 64 && connection.max_read == 65536)
        #expect(ConnectionLimits().threads > ConnectionLimits().background)
    }
}
