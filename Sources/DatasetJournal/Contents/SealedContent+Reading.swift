package import DatasetModel
package import DatasetSync
internal import Synchronization

extension SealedContent {
    package func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        let range = ByteRange(offset: offset, count: UInt64(buffer.count))
        guard range.end <= size, range.count == UInt64(buffer.count) else {
            throw StoreError(.localFailure, "content \(id) ends before byte \(range.end)")
        }
        guard missingExtents.parts(of: range).isEmpty else {
            throw StoreError(.localFailure, "bytes of content \(id) are still at the store: complete it first")
        }
        if let base {
            for part in borrowed.parts(of: range) {
                try unsafe base.read(at: part.offset, into: buffer.part(part, of: range))
            }
        }
        for part in borrowed.gaps(in: range) {
            try unsafe readOwn(part, into: buffer.part(part, of: range))
        }
    }

    package func read(
        at offset: UInt64,
        into buffer: UnsafeMutableRawBufferPointer,
        until cancellation: Cancellation
    ) throws(StoreError) {
        try unsafe read(at: offset, into: buffer)
    }

    private func readOwn(_ range: ByteRange, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        switch state.withLock({ $0.place }) {
        case .memory(let bytes):
            unsafe buffer.copy(bytes, range)
        case .file:
            try unsafe readFile(range, into: buffer)
        case .stored:
            do throws(JournalError) {
                if let bytes = try keeper.bytes(of: id) {
                    unsafe buffer.copy(bytes, range)
                    return
                }
            } catch {
                throw StoreError(error)
            }
            // The row has just gone; whoever removed it left the bytes here first.
            guard case .memory(let bytes) = state.withLock({ $0.place }) else {
                throw StoreError(.localFailure, "content \(id) is no longer in the journal")
            }
            unsafe buffer.copy(bytes, range)
        }
    }

    private func readFile(_ range: ByteRange, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        do throws(SystemFailure) {
            let count = try unsafe keeper.folder.file(of: id).read(at: range.offset, into: buffer)
            if count == buffer.count { return }
        } catch {
            throw StoreError(JournalError(error, path: keeper.folder.path(of: id)))
        }
        throw StoreError(.localFailure, "\(keeper.folder.path(of: id)) was cut short; what it held is lost")
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The place of `part` in a buffer that is for `whole`.
    func part(_ part: ByteRange, of whole: ByteRange) -> UnsafeMutableRawBufferPointer {
        let start = Int(part.offset - whole.offset)
        return unsafe UnsafeMutableRawBufferPointer(rebasing: self[start..<(start + Int(part.count))])
    }

    /// Sets the bytes from `start` on to zero.
    func clear(from start: Int = 0) {
        guard start < count else { return }
        unsafe UnsafeMutableRawBufferPointer(rebasing: self[start...]).initializeMemory(as: UInt8.self, repeating: 0)
    }

    /// Copies a range of an array; behind its end there are zeros.
    func copy(_ bytes: [UInt8], _ range: ByteRange) {
        let start = Int(clamping: Swift.min(range.offset, UInt64(bytes.count)))
        let there = Swift.min(bytes.count - start, count)
        unsafe bytes.withUnsafeBytes { source in
            unsafe copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<(start + there)]))
        }
        unsafe clear(from: there)
    }
}
