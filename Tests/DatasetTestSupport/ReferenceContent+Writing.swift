package import DatasetModel

/// What is to be published, where a test needs no file for it.
extension ReferenceContent: StagedContent {
    package func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        let bytes = self.bytes(in: ByteRange(offset: offset, count: UInt64(buffer.count)))
        guard bytes.count == buffer.count else {
            throw StoreError(.localFailure, "a content of \(size) bytes was asked for \(buffer.count) at \(offset)")
        }
        unsafe bytes.withUnsafeBytes { unsafe buffer.copyMemory(from: $0) }
    }
}

/// What a file holds after a program changed it.
extension ReferenceContent {
    /// With `new` from `offset` on, as `pwrite(2)` leaves it: zeros fill a gap.
    package func writing(_ new: [UInt8], at offset: UInt64) -> ReferenceContent {
        guard !new.isEmpty else { return self }
        var bytes = resized(to: max(size, offset + UInt64(new.count))).allBytes
        bytes.replaceSubrange(Int(offset)..<(Int(offset) + new.count), with: new)
        return .bytes(bytes)
    }

    /// Cut off, or filled up with zeros, as `truncate(2)` leaves it.
    package func resized(to newSize: UInt64) -> ReferenceContent {
        if case .pattern(let seed, let size) = self, newSize <= size { return .pattern(seed: seed, size: newSize) }
        let kept = bytes(in: ByteRange(offset: 0, count: min(size, newSize)))
        return .bytes(kept + [UInt8](repeating: 0, count: Int(newSize) - kept.count))
    }
}
