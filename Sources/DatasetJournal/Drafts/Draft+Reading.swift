package import DatasetModel
package import DatasetSync
internal import Synchronization

extension Draft {
    /// Where the bytes of one read come from.
    private struct Sources {
        var count = 0
        var file: DraftFile?
        var written: [ByteRange] = []
        var inherited: [ByteRange] = []
        var lower: LowerContent
    }

    /// Copies the bytes at `offset` into `buffer`; the base is asked for those that nobody wrote.
    ///
    /// - Returns: The bytes read, fewer than asked for only at the end.
    /// - Throws: What the base said; `.localFailure` where the disk does not give back what was written.
    @available(*, noasync, message: "this may wait for the network")
    package func read(
        at offset: UInt64,
        into buffer: UnsafeMutableRawBufferPointer,
        until cancellation: Cancellation
    ) throws(StoreError) -> Int {
        let sources = unsafe begin(offset, buffer)
        let range = ByteRange(offset: offset, count: UInt64(sources.count))
        if let file = sources.file {
            for part in sources.written {
                try unsafe read(part, of: file, into: buffer.part(part, of: range))
            }
        }
        for part in sources.inherited {
            try unsafe sources.lower.read(at: part.offset, into: buffer.part(part, of: range), until: cancellation)
        }
        return sources.count
    }

    /// Looks up where the bytes are, copies those in memory and sets zeros.
    private func begin(_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) -> Sources {
        state.withLock { state in
            var sources = Sources(lower: state.lower)
            guard offset < state.size else { return sources }
            let range = ByteRange(offset: offset, count: min(UInt64(buffer.count), state.size - offset))
            sources.count = Int(range.count)
            sources.file = state.file
            sources.written = state.written.parts(of: range)
            sources.inherited = state.inherited.parts(of: range)
            var known = Extents()
            for part in sources.written + sources.inherited { known.insert(part) }
            for gap in known.gaps(in: range) { unsafe buffer.part(gap, of: range).clear() }
            if state.file == nil {
                for part in sources.written { unsafe buffer.part(part, of: range).copy(state.buffer, part) }
            }
            return sources
        }
    }

    private func read(_ range: ByteRange, of file: DraftFile, into buffer: UnsafeMutableRawBufferPointer)
        throws(StoreError)
    {
        do throws(SystemFailure) {
            let count = try unsafe file.file.read(at: range.offset, into: buffer)
            // Somebody has just cut it short; what is behind the end reads as zeros.
            unsafe buffer.clear(from: count)
        } catch {
            throw StoreError(JournalError(error, path: file.path))
        }
    }
}
