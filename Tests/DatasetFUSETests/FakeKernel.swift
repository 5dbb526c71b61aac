internal import CFUSE
internal import DatasetVFS
internal import Glibc

@testable internal import DatasetFUSE

/// The other end of a libfuse session: requests written as bytes, replies read as bytes, no mount and no threads.
///
/// One thread asks and answers in turn: ``ask(_:_:unique:)`` returns when the callback has.
@safe final class FakeKernel {
    struct Reply: Equatable {
        var unique: UInt64
        /// 0 or a negative errno.
        var error: Int32
        var body: [UInt8]
    }

    private let connection: Connection
    private let session: OpaquePointer
    private let userdata: UnsafeMutablePointer<cfuse_userdata>
    private let ends: [Int32]
    private(set) var hasStarted = false

    /// - Parameter change: Replaces callbacks of the real table.
    init?(_ calls: any FileSystemCalls, change: (inout fuse_lowlevel_ops) -> Void = { _ in }) {
        var ends: [Int32] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0,
            let connection = Connection(
                calls,
                limits: ConnectionLimits(),
                maximumRead: nil,
                deadline: .seconds(60),
                whenStarted: {}
            )
        else { return nil }
        let userdata = UnsafeMutablePointer<cfuse_userdata>.allocate(capacity: 1)
        unsafe userdata.initialize(to: cfuse_userdata())
        unsafe userdata.pointee.owner = Unmanaged.passUnretained(connection).toOpaque()
        unsafe userdata.pointee.set = ConnectionLimits.setFlags
        var table = Operations.table()
        change(&table)
        let name = unsafe strdup("fake")
        var vector = unsafe [name]
        let session = unsafe vector.withUnsafeMutableBufferPointer { vector in
            var list = unsafe fuse_args(argc: 1, argv: vector.baseAddress, allocated: 0)
            return unsafe fuse_session_new(&list, &table, MemoryLayout<fuse_lowlevel_ops>.size, userdata)
        }
        unsafe free(name)
        guard let session = unsafe session, unsafe cfuse_intercept(session, ends[0]) == 0 else { return nil }
        self.connection = connection
        unsafe self.session = session
        unsafe self.userdata = unsafe userdata
        self.ends = ends
    }

    deinit {
        // Closes its own end.
        unsafe fuse_session_destroy(session)
        close(ends[1])
        unsafe userdata.deallocate()
    }

    /// The flags that were agreed on.
    var agreedFlags: UInt64 { unsafe userdata.pointee.agreed }
    var liveRequests: Int { connection.live.count }

    /// Begins the conversation as kernel 7.45 does.
    func start() -> Reply? {
        var body = fuse_init_in()
        body.major = 7
        body.minor = 45
        body.max_readahead = 131_072
        body.flags = UInt32.max
        return unsafe ask(26, on: 0, withUnsafeBytes(of: body) { unsafe Array($0) })
    }

    /// Asks one question.
    ///
    /// - Returns: The reply, nil when there was none.
    func ask(_ opcode: UInt32, on inode: UInt64, _ body: [UInt8] = [], unique: UInt64 = 2) -> Reply? {
        var header = fuse_in_header()
        header.len = UInt32(MemoryLayout<fuse_in_header>.size + body.count)
        header.opcode = opcode
        header.unique = unique
        header.nodeid = inode
        let message = unsafe withUnsafeBytes(of: header) { unsafe Array($0) } + body
        guard unsafe send(ends[1], message, message.count, 0) == message.count else { return nil }
        var buffer = unsafe fuse_buf()
        guard unsafe fuse_session_receive_buf(session, &buffer) > 0 else { return nil }
        unsafe fuse_session_process_buf(session, &buffer)
        unsafe free(buffer.mem)
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe recv(ends[1], &bytes, bytes.count, Int32(MSG_DONTWAIT))
        guard count >= 16 else { return nil }
        func number(_ range: Range<Int>) -> UInt64 { bytes[range].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        return Reply(
            unique: number(8..<16),
            error: Int32(truncatingIfNeeded: number(4..<8)),
            body: Array(bytes[16..<count])
        )
    }
}
