internal import DatasetModel
internal import DatasetSync

/// What lies below a draft: bytes here, and bytes at the store where those leave gaps.
struct LowerContent: Sendable {
    var local: SealedContent?
    var rest: (any DraftBase)?

    init(_ base: (any DraftBase)?) {
        switch base {
        case let content as SealedContent: local = content
        case let completed as CompletedContent: (local, rest) = (completed.content, completed.rest)
        default: rest = base
        }
    }

    /// Nil when nothing lies below.
    private var whole: (any DraftBase)? {
        switch (local, rest) {
        case (let local?, let rest?): CompletedContent(local, rest: rest)
        case (let local?, nil): local
        case (nil, let rest): rest
        }
    }

    /// Where bytes come from that are missing here.
    var origin: Origin? { local?.origin ?? rest?.origin }

    /// Of some inherited bytes, those that only the store has.
    func missing(of inherited: Extents) -> Extents {
        if let local { return local.missingExtents.intersection(inherited) }
        return rest?.origin == nil ? Extents() : inherited
    }

    @available(*, noasync, message: "this may wait for the network")
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation)
        throws(StoreError)
    {
        try unsafe whole?.read(at: offset, into: buffer, until: cancellation)
    }

    @available(*, noasync, message: "this may wait for the network")
    func bytes(of range: ByteRange) throws(JournalError) -> [UInt8] {
        guard let whole else { return [UInt8](repeating: 0, count: Int(range.count)) }
        do throws(StoreError) {
            return try whole.bytes(of: range, until: Cancellation())
        } catch {
            throw JournalError(.disk, "what a draft was laid over cannot be read: \(error.message)")
        }
    }
}
