internal import DatasetModel
internal import DatasetSync

/// A member's content as it comes out of its decoder, from some point on.
///
/// Sendable although unchecked: a stream is used only by whoever took it out of its reader's pool, which hands it to one
/// thread at a time under its lock.
final class MemberStream: @unchecked Sendable {
    private let member: ArchiveMember
    private let source: any ArchiveSource
    private let book: CheckpointBook
    private let decoder: any Decoder
    /// The decoder again, where it can stop at blocks.
    private let inflater: InflateDecoder?
    /// Where in the source the member's data begin.
    private let dataStart: UInt64

    /// Data that were read and are not decoded yet.
    private var input: ArraySlice<UInt8>
    /// Of the member's data, how much was read, `input` included.
    private var read: UInt64
    /// Bytes of content that came out so far.
    private(set) var position: UInt64
    private var crc: UInt32
    private var isFinished = false

    /// All of the content came out.
    var isAtEnd: Bool { position >= member.size }

    /// - Parameter head: The first bytes of the data, where they were read together with the header.
    init(
        _ member: ArchiveMember,
        in source: any ArchiveSource,
        data: (start: UInt64, head: ArraySlice<UInt8>),
        limits: ArchiveLimits,
        book: CheckpointBook
    ) throws(DecodeError) {
        self.member = member
        self.source = source
        self.book = book
        decoder = try makeDecoder(for: member, limits: limits)
        inflater = decoder as? InflateDecoder
        dataStart = data.start
        input = data.head.prefix(Int(clamping: member.compressedSize))
        read = UInt64(input.count)
        position = 0
        crc = 0
    }

    /// Goes on from a checkpoint of a deflated member.
    init(
        _ member: ArchiveMember,
        in source: any ArchiveSource,
        dataStart: UInt64,
        resuming checkpoint: InflateCheckpoint,
        book: CheckpointBook
    ) throws(DecodeError) {
        self.member = member
        self.source = source
        self.book = book
        let inflater = try InflateDecoder(
            window: checkpoint.window,
            bits: checkpoint.bits,
            lastByte: checkpoint.lastByte
        )
        decoder = inflater
        self.inflater = inflater
        self.dataStart = dataStart
        input = []
        read = checkpoint.input
        position = checkpoint.output
        crc = checkpoint.crc
    }

    /// Writes the next bytes of the content into `buffer`: at least one, at most what it holds.
    ///
    /// - Parameter end: How far the caller will go on reading now; says how much input is worth a request.
    /// - Precondition: `buffer` is not empty and does not reach beyond the declared size.
    /// - Throws: `.damaged` when the content ends early, or has another CRC when it ends where it should.
    @available(*, noasync)
    func produce(into buffer: UnsafeMutableRawBufferPointer, towards end: UInt64, until cancellation: Cancellation)
        throws(ArchiveError) -> Int
    {
        var stalls = 0
        while !isFinished {
            if input.isEmpty, read < member.compressedSize { try refill(towards: end, until: cancellation) }
            // A step may rest at the end of a block without having moved; the next one passes it.
            inflater?.stopsAtBlocks = stalls == 0 && book.isDue(at: position)
            let step = try unsafe decode(into: buffer)
            input = input.dropFirst(step.consumed)
            isFinished = step.isFinished
            if step.produced > 0 { unsafe take(UnsafeRawBufferPointer(rebasing: buffer[..<step.produced])) }
            if let inflater, inflater.stopsAtBlocks { saveCheckpoint(of: inflater) }
            if step.produced > 0 {
                try checkEnd()
                return step.produced
            }
            stalls = step.consumed == 0 ? stalls + 1 : 0
            if stalls > 1 { break }
        }
        throw damaged("ends at byte \(position) of \(member.size)")
    }

    private func decode(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> DecodeStep {
        do throws(DecodeError) {
            return try unsafe input.withRawBytes { input throws(DecodeError) in
                unsafe try decoder.decode(input, into: buffer)
            }
        } catch {
            throw ArchiveError(error, of: member)
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        crc = unsafe crc32(bytes, continuing: crc)
        position += UInt64(bytes.count)
    }

    private func checkEnd() throws(ArchiveError) {
        guard position == member.size, crc != member.crc32 else { return }
        throw damaged("has another CRC-32 than the archive declares")
    }

    private func damaged(_ what: String) -> ArchiveError {
        ArchiveError(.damaged("the content \(what)"), of: member)
    }

    /// What was read of the data, without what still waits to be decoded.
    private var consumed: UInt64 { read - UInt64(input.count) }

    private func saveCheckpoint(of inflater: InflateDecoder) {
        guard book.isDue(at: position), let state = inflater.resumption else { return }
        book.save(
            InflateCheckpoint(
                output: position,
                input: consumed,
                bits: state.bits,
                lastByte: state.lastByte,
                crc: crc,
                window: state.window
            )
        )
    }

    /// Asks for as many data as the caller's goal will take by the ratio of the whole, 64 to 256 KiB.
    private func refill(towards end: UInt64, until cancellation: Cancellation) throws(ArchiveError) {
        let ratio = Double(member.compressedSize) / Double(max(member.size, 1))
        let estimate = Double(end - min(position, end)) * ratio * 1.1 + 4_096
        let wanted = UInt64(min(max(estimate, 65_536), 262_144))
        let count = min(wanted, member.compressedSize - read)
        input = try source.bytes(ByteRange(offset: dataStart + read, count: count), until: cancellation)[...]
        read += count
    }
}
