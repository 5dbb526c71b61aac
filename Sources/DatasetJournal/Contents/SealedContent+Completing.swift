package import DatasetModel
package import DatasetSync
internal import Synchronization

extension SealedContent {
    /// Fetches what is missing from the version that the draft was opened over, durably.
    ///
    /// What has been fetched before a failure stays; the next call goes on there.
    ///
    /// - Throws: What the base said; `.localFailure` where the bytes cannot be kept, or the base is another version.
    @available(*, noasync, message: "this may wait for the network")
    package func complete(from base: any DraftBase, until cancellation: Cancellation) throws(StoreError) {
        let missing = missingExtents
        guard let last = missing.ranges.last else { return }
        guard base.origin == missingOrigin, last.end <= base.size else {
            throw StoreError(.localFailure, "content \(id) cannot be completed from another version than its own")
        }
        try local { () throws(JournalError) in try keeper.space.admit(missing.total) }
        if isFile {
            try completeFile(missing, from: base, until: cancellation)
        } else {
            try completeMemory(missing, from: base, until: cancellation)
        }
    }

    private func completeFile(_ missing: Extents, from base: any DraftBase, until cancellation: Cancellation)
        throws(StoreError)
    {
        let path = keeper.folder.path(of: id)
        let file = try local { () throws(JournalError) in
            try system(path) { () throws(SystemFailure) in try OpenFile(path, for: .changing) }
        }
        var fetched = Extents()
        var failure: StoreError?
        do throws(StoreError) {
            for piece in missing.pieces(of: 1 << 20) {
                let bytes = try base.bytes(of: piece, until: cancellation)
                try local { () throws(JournalError) in
                    try system(path) { () throws(SystemFailure) in try file.write(bytes, at: piece.offset) }
                }
                fetched.insert(piece)
            }
        } catch {
            failure = error
        }
        // Only what is on the disk is missing no more: a commit may write that down at any moment.
        try local { () throws(JournalError) in
            try system(path) { () throws(SystemFailure) in try file.synchronize() }
        }
        let left = state.withLock { state in
            state.missing = state.missing.subtracting(fetched)
            return state.missing
        }
        try local { () throws(JournalError) in try keeper.noteMissing(left, of: id) }
        if let failure { throw failure }
    }

    /// A content that lies in memory or in its row: all at once or nothing.
    private func completeMemory(_ missing: Extents, from base: any DraftBase, until cancellation: Cancellation)
        throws(StoreError)
    {
        var pieces: [(range: ByteRange, bytes: [UInt8])] = []
        for range in missing.ranges {
            pieces.append((range, try base.bytes(of: range, until: cancellation)))
        }
        try local { () throws(JournalError) in
            try keeper.changeInline(self) { bytes in
                for piece in pieces {
                    bytes.replaceSubrange(Int(piece.range.offset)..<Int(piece.range.end), with: piece.bytes)
                }
            }
        }
    }

    private func local<Answer>(_ body: () throws(JournalError) -> Answer) throws(StoreError) -> Answer {
        do throws(JournalError) {
            return try body()
        } catch {
            throw StoreError(error)
        }
    }
}

/// Runs system calls about a file and names it where they fail.
func system<Answer>(_ path: String, _ body: () throws(SystemFailure) -> Answer) throws(JournalError) -> Answer {
    do throws(SystemFailure) {
        return try body()
    } catch {
        throw JournalError(error, path: path)
    }
}

extension DraftBase {
    @available(*, noasync, message: "this may wait for the network")
    func bytes(of range: ByteRange, until cancellation: Cancellation) throws(StoreError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(range.count))
        var span = bytes.mutableSpan
        try unsafe span.withUnsafeMutableBytes { buffer throws(StoreError) in
            try unsafe read(at: range.offset, into: buffer, until: cancellation)
        }
        return bytes
    }
}

extension Extents {
    /// The ranges, cut into parts of at most `limit` bytes.
    func pieces(of limit: UInt64) -> [ByteRange] {
        ranges.flatMap { range in
            stride(from: range.offset, to: range.end, by: Int(limit)).map {
                ByteRange(offset: $0, count: min(limit, range.end - $0))
            }
        }
    }
}
