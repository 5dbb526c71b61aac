internal import CFUSE
internal import DatasetSync
internal import DatasetVFS
internal import Glibc

/// A question of the kernel, to be answered exactly once.
///
/// Each reply consumes the request, so that a second one does not compile; one that is dropped without a reply answers
/// EIO, so that its caller cannot hang. The callback's arguments die when the callback returns: what is needed longer is
/// copied before.
///
/// The kernel tells of an interruption (Ctrl-C) where the caller waits for the answer itself: names, attributes, reads of
/// direct files. Who reads cached pages waits for the page: only a signal that kills ends that wait, not one that the
/// program handles; we are told of neither, and the request goes on to its deadline.
@safe struct Request: ~Copyable {
    private let raw: fuse_req_t?
    private let connection: Connection?
    private let cancellation: Cancellation
    /// Its number among the live requests, nil when it cannot be interrupted.
    private let liveID: UInt64?
    private var isAnswered = false

    /// Takes the request over.
    ///
    /// - Parameter time: What answers at once is spared the registration.
    init(_ raw: fuse_req_t?, _ time: AnswerTime = .limited) {
        unsafe self.raw = raw
        let connection = unsafe Connection.behind(fuse_req_userdata(raw))
        self.connection = connection
        guard time != .atOnce, let connection else {
            cancellation = Cancellation()
            liveID = nil
            return
        }
        let cancellation = connection.cancellation(time)
        self.cancellation = cancellation
        liveID = connection.live.add(cancellation)
        // The registration keeps the cancellation alive until `finish` takes it back.
        let argument = unsafe Unmanaged.passUnretained(cancellation).toOpaque()
        unsafe fuse_req_interrupt_func(
            raw,
            { _, argument in
                guard let argument = unsafe argument else { return }
                unsafe Unmanaged<Cancellation>.fromOpaque(argument).takeUnretainedValue().cancel()
            },
            argument
        )
    }

    deinit {
        guard !isAnswered else { return }
        disarm()
        unsafe fuse_reply_err(raw, EIO)
    }

    /// Who asks, and until when the answer is wanted.
    var context: CallContext {
        guard let caller = unsafe fuse_req_ctx(raw) else { return CallContext(cancellation: cancellation) }
        return unsafe CallContext(
            cancellation: cancellation,
            user: caller.pointee.uid,
            group: caller.pointee.gid,
            process: caller.pointee.pid
        )
    }

    /// The file system asked.
    ///
    /// - Throws: EIO outside a session, which libfuse never lets happen.
    var calls: any FileSystemCalls {
        get throws(VFSError) {
            guard let connection else { throw VFSError(errno: EIO) }
            return connection.calls
        }
    }

    /// Room for a reply of `count` bytes, valid until this thread's next request.
    ///
    /// - Throws: ENOMEM.
    func buffer(_ count: Int) throws(VFSError) -> UnsafeMutableRawBufferPointer {
        guard let buffer = unsafe connection?.buffers.buffer(count) else { throw VFSError(errno: ENOMEM) }
        return unsafe buffer
    }

    /// Sends the one answer.
    ///
    /// - Parameter send: libfuse's reply function with its arguments.
    /// - Returns: False when the kernel did not take it: nobody holds what the answer gave out.
    @discardableResult
    consuming func answer(_ send: (fuse_req_t?) -> Int32) -> Bool {
        isAnswered = true
        disarm()
        return unsafe send(raw) == 0
    }

    /// Ends what may still happen to the request besides its reply.
    private func disarm() {
        guard let liveID else { return }
        // Waits for an interruption that is just being delivered; none comes afterwards.
        unsafe fuse_req_interrupt_func(raw, nil, nil)
        connection?.live.remove(liveID)
    }
}
