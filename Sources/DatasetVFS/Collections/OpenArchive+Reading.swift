internal import DatasetArchive
internal import DatasetCache
internal import DatasetModel
internal import DatasetSync

extension OpenArchive {
    /// From here on a part of a stored member goes from the store to its reader without a stay in the archive's own cache.
    private static let directFloor: UInt64 = 2 << 20

    /// Sends bytes of a member.
    ///
    /// - Parameter store: Where the archive lies.
    @available(*, noasync, message: "this may wait for the network")
    func read(
        _ range: ByteRange,
        of told: MemberVersion,
        from store: any Store,
        into sink: any ByteSink,
        until cancellation: Cancellation
    ) throws(StoreError) {
        guard directory.members.indices.contains(told.index), directory.members[told.index].crc32 == told.crc32,
            range.end <= directory.members[told.index].size
        else {
            throw StoreError(.versionGone, "the version named is none of this archive's", remedy: "Open it again.")
        }
        if range.offset == 0 { noteStep(directory.members[told.index]) }
        let reader = reader(told.index)
        do throws(ArchiveError) {
            guard reader.member.method == .stored else {
                return try reader.read(range, into: sink, until: cancellation)
            }
            try readStored(range, by: reader, from: store, into: sink, until: cancellation)
        } catch {
            throw StoreError(error, in: node.name)
        }
    }

    @available(*, noasync)
    private func readStored(
        _ range: ByteRange,
        by reader: MemberReader,
        from store: any Store,
        into sink: any ByteSink,
        until cancellation: Cancellation
    ) throws(ArchiveError) {
        guard range.count >= Self.directFloor, let stored = try reader.storedRange(until: cancellation) else {
            return try reader.read(range, into: sink, until: cancellation)
        }
        let part = ByteRange(offset: stored.offset + range.offset, count: range.count)
        guard !content.holds(part) else { return try reader.read(range, into: sink, until: cancellation) }
        do throws(StoreError) {
            try store.read(part, of: node, into: sink, until: cancellation)
        } catch {
            throw ArchiveError(.source, error.message, cause: error)
        }
    }
}

extension Content {
    /// Every byte of the range is here.
    func holds(_ range: ByteRange) -> Bool {
        let blocks = blocks(of: range)
        return state.withLock { state in blocks.allSatisfy { state.held.holds($0) || cached.holds(block: $0) } }
    }
}
