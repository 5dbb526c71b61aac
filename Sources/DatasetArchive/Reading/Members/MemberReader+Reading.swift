package import DatasetModel
package import DatasetSync

extension MemberReader {
    /// What is handed to a sink at once: half of a usual second-level cache.
    private static let pieceSize = 128 << 10
    /// Members up to this size that are wanted whole are inflated in memory before the sink sees them.
    private static let smallMember: UInt64 = 16 << 20

    /// Delivers exactly `range` of the content, in order; ends early, without an error, when the sink wants no more.
    ///
    /// A read that comes to the end of the content checks its CRC-32 when everything before was unpacked too, here or before a
    /// checkpoint: only reads of stored members that skip something go unchecked.
    ///
    /// - Throws: `.damaged` and the other codes of ``dataRange(until:)``; bytes that this call delivered are not to be
    ///   kept then. `.damaged` also for a range beyond the declared size.
    @available(*, noasync, message: "this may wait for the network")
    package func read(_ range: ByteRange, into sink: any ByteSink, until cancellation: Cancellation)
        throws(ArchiveError)
    {
        try naming { () throws(ArchiveError) in
            guard range.end <= member.size else {
                throw ArchiveError(.damaged("it ends before byte \(range.end)"), of: member)
            }
            if let defect = member.defect { throw ArchiveError(defect, of: member) }
            guard !range.isEmpty else { return }
            if range.count == member.size, member.size <= Self.smallMember {
                try deliverWhole(into: sink, until: cancellation)
            } else if member.method == .stored {
                try readStored(range, into: sink, until: cancellation)
            } else {
                try readStream(range, into: sink, until: cancellation)
            }
        }
    }

    @available(*, noasync)
    private func deliverWhole(into sink: any ByteSink, until cancellation: Cancellation) throws(ArchiveError) {
        var bytes = [UInt8](repeating: 0, count: Int(member.size))
        try unsafe bytes.withMutableRawBytes { buffer throws(ArchiveError) in
            try unsafe readWhole(into: buffer, until: cancellation)
        }
        _ = unsafe bytes.withRawBytes { unsafe sink.receive($0) }
    }

    @available(*, noasync)
    private func readStored(_ range: ByteRange, into sink: any ByteSink, until cancellation: Cancellation)
        throws(ArchiveError)
    {
        let start = try locate(wanting: 0, until: cancellation).start
        var offset = range.offset
        var crc: UInt32 = 0
        while offset < range.end {
            let count = min(UInt64(Self.pieceSize), range.end - offset)
            let piece = try source.bytes(ByteRange(offset: start + offset, count: count), until: cancellation)
            offset += count
            crc = unsafe piece.withRawBytes { unsafe crc32($0, continuing: crc) }
            if range.count == member.size, offset == range.end { try check(crc) }
            guard unsafe piece.withRawBytes({ unsafe sink.receive($0) }) else { return }
        }
    }

    @available(*, noasync)
    private func readStream(_ range: ByteRange, into sink: any ByteSink, until cancellation: Cancellation)
        throws(ArchiveError)
    {
        let floor = member.method == .deflated ? book.floor(of: range.offset) : 0
        let living = try streams.take(for: range, floor: floor, until: cancellation)
        var stream = living
        do throws(ArchiveError) {
            let started = if let living { living } else { try startStream(for: range, until: cancellation) }
            stream = started
            try deliver(range, of: started, into: sink, until: cancellation)
            streams.give(back: started, from: range)
        } catch {
            // A stream whose bytes did not come stands where it stood; one whose bytes were wrong is lost, and the
            // checkpoints with it: the next try unpacks all from the beginning and so blames none but the archive.
            if let stream, error.code == .interrupted || error.code == .source {
                streams.give(back: stream, from: range)
            } else {
                if error.code == .damaged { book.discardAll() }
                streams.drop(range)
            }
            throw error
        }
    }

    @available(*, noasync)
    private func deliver(
        _ range: ByteRange,
        of stream: MemberStream,
        into sink: any ByteSink,
        until cancellation: Cancellation
    ) throws(ArchiveError) {
        let size = Int(min(UInt64(Self.pieceSize), range.end - stream.position))
        try unsafe withScratch(size) { buffer throws(ArchiveError) in
            while stream.position < range.end {
                if let reason = cancellation.reason { throw ArchiveError(reason, during: "Unpacking") }
                // Not beyond the beginning of the range while skipping to it, so that a delivery is all or nothing.
                let isSkipping = stream.position < range.offset
                let goal = (isSkipping ? range.offset : range.end) - stream.position
                let piece = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: buffer[..<Int(min(UInt64(buffer.count), goal))]
                )
                let count = try unsafe stream.produce(into: piece, towards: range.end, until: cancellation)
                if isSkipping { continue }
                guard unsafe sink.receive(UnsafeRawBufferPointer(rebasing: piece[..<count])) else { return }
            }
        }
    }

    /// A stream from a checkpoint, or from the beginning.
    @available(*, noasync)
    private func startStream(for range: ByteRange, until cancellation: Cancellation)
        throws(ArchiveError) -> MemberStream
    {
        while member.method == .deflated, let checkpoint = book.nearest(to: range.offset) {
            let start = try locate(wanting: 0, until: cancellation).start
            if let stream = try? MemberStream(member, in: source, dataStart: start, resuming: checkpoint, book: book) {
                return stream
            }
            book.discard(checkpoint.output)
        }
        return try newStream(until: cancellation)
    }

    /// A stream from the beginning; its first data come along with the header.
    @available(*, noasync)
    func newStream(until cancellation: Cancellation) throws(ArchiveError) -> MemberStream {
        let data = try locate(wanting: min(member.compressedSize, 128 << 10), until: cancellation)
        do throws(DecodeError) {
            return try MemberStream(member, in: source, data: data, limits: limits, book: book)
        } catch {
            throw ArchiveError(error, of: member)
        }
    }

    func check(_ crc: UInt32) throws(ArchiveError) {
        guard crc == member.crc32 else {
            throw ArchiveError(
                .damaged("the content has another CRC-32 than the archive declares"),
                of: member
            )
        }
    }
}

/// Lends memory that is not initialised.
func withScratch<Answer>(
    _ count: Int,
    _ body: (UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Answer
) throws(ArchiveError) -> Answer {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    defer { unsafe buffer.deallocate() }
    return try unsafe body(buffer)
}
