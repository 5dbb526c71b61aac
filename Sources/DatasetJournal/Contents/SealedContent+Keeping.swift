internal import DatasetModel
internal import Synchronization

extension SealedContent {
    /// Brings the file's bytes to the disk, unless they are there.
    ///
    /// - Returns: Whether there is a file whose name may not be there yet.
    func synchronize() throws(JournalError) -> Bool {
        let isNeeded = state.withLock { state in
            if case .file = state.place { !state.isSynchronized } else { false }
        }
        guard isNeeded else { return false }
        do throws(SystemFailure) {
            try keeper.folder.file(of: id).synchronize()
        } catch {
            throw JournalError(error, path: keeper.folder.path(of: id))
        }
        return true
    }

    /// Bytes and name are on the disk.
    func noteSynchronized() {
        state.withLock { $0.isSynchronized = true }
    }

    /// The row has the bytes now: memory need not.
    func noteStored() {
        state.withLock { state in
            if case .memory = state.place { state.place = .stored }
        }
    }

    /// The row is about to go: memory takes the bytes back.
    func hold(_ bytes: [UInt8]) {
        state.withLock { state in
            if case .stored = state.place { state.place = .memory(bytes) }
        }
    }

    /// Its row as it is now, with the bytes where they go into the row.
    var row: (row: ContentRow, bytes: [UInt8]?) {
        let (place, missing) = state.withLock { ($0.place, $0.missing) }
        var bytes: [UInt8]?
        if case .memory(let all) = place { bytes = all }
        return (
            ContentRow(
                id: id,
                size: size,
                isInline: bytes != nil,
                hasWholeBlob: true,
                base: base?.id,
                borrowed: borrowed,
                missing: missing,
                origin: missing.isEmpty ? nil : missingOrigin
            ),
            bytes
        )
    }
}
