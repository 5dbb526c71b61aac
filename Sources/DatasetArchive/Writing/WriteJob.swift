internal import DatasetModel

/// A part of the archive that any thread can make ready, in the order in which it goes out.
enum WriteJob: Sendable {
    /// Neighbours whose contents fit into one piece together, by their places in the plan.
    case small(Range<Int>)
    /// One piece of a member that is larger than a piece.
    case piece(member: Int, ByteRange, isLast: Bool, isDeflated: Bool)
    /// Bytes of the old archive, a part of a run of members that are taken over.
    case copy(CopyRun, ByteRange)

    /// Bytes that the result may take in memory.
    var cost: Int {
        switch self {
        case .small: Workspace.pieceSize
        case .piece(_, let range, _, _), .copy(_, let range): Int(range.count)
        }
    }
}

/// What became of a job.
enum WriteProduct: Sendable {
    /// The data of all members, one after the other, and what each is.
    case small(Range<Int>, [PackedMember], [UInt8])
    case piece(member: Int, crc32: UInt32, [UInt8], isFirst: Bool, isLast: Bool, isDeflated: Bool, count: UInt64)
    case copy(CopyRun, ByteRange, [UInt8])
}

/// The form in which a small member goes into the archive.
struct PackedMember: Sendable {
    var method: CompressionMethod
    var crc32: UInt32
    var compressedSize: Int
}

/// Neighbours in the plan whose data lie one after the other in the old archive too: fetched as one.
struct CopyRun: Sendable, Hashable {
    var members: Range<Int>
    var range: ByteRange
}
