internal import CFUSE
internal import DatasetSync
internal import DatasetVFS

/// What every callback reaches through libfuse's user data: the file system and what belongs to the mount as a whole.
final class Connection: Sendable {
    let calls: any FileSystemCalls
    let live = LiveRequests()
    let buffers: ReplyBuffers
    let limits: ConnectionLimits
    /// The mount's `max_read`, which the INIT reply has to repeat.
    let maximumRead: UInt32?
    /// How long one request may take.
    private let deadline: Duration
    private let whenStarted: @Sendable () -> Void

    /// - Parameter whenStarted: Called once, on a worker, when the kernel has begun to send requests.
    /// - Returns: Nil when the process has no thread keys left.
    init?(
        _ calls: any FileSystemCalls,
        limits: ConnectionLimits,
        maximumRead: UInt32?,
        deadline: Duration,
        whenStarted: @escaping @Sendable () -> Void
    ) {
        guard let buffers = ReplyBuffers(capacity: Int(limits.requestBytes)) else { return nil }
        self.calls = calls
        self.buffers = buffers
        self.limits = limits
        self.maximumRead = maximumRead
        self.deadline = deadline
        self.whenStarted = whenStarted
    }

    /// The right to go on for a request that begins now.
    func cancellation(_ time: AnswerTime) -> Cancellation {
        switch time {
        case .limited: Cancellation(deadline: .after(deadline))
        case .atOnce, .unlimited: Cancellation()
        }
    }

    func started() { whenStarted() }

    /// The connection behind libfuse's user data (`cfuse_userdata`), which the session keeps alive.
    static func behind(_ userdata: UnsafeMutableRawPointer?) -> Connection? {
        let data = unsafe userdata?.assumingMemoryBound(to: cfuse_userdata.self)
        guard let owner = unsafe data?.pointee.owner else { return nil }
        return unsafe Unmanaged<Connection>.fromOpaque(owner).takeUnretainedValue()
    }
}
