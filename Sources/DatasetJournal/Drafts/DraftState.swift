internal import DatasetModel

/// Which bytes of a draft are its own, which it inherits and which are zeros; where its own lie.
///
/// INVARIANT: `written` and `inherited` have no byte in common and lie below `size`; what is in neither reads as zeros, also
/// in the buffer and in the file, which hold no more than the draft's own bytes.
struct DraftState: Sendable {
    var size: UInt64
    var written = Extents()
    var inherited: Extents
    var lower: LowerContent
    /// Own bytes from offset 0 on, while there is no file; as short as what was written allows.
    var buffer: [UInt8] = []
    var file: DraftFile?
    /// The file belongs to this content: the next change needs another one.
    var frozenAs: SealedContent?
    var isDirty: Bool
    /// What it was sealed to last, as long as nothing has changed since.
    var sealed: SealedContent?

    init(over base: (any DraftBase)?) {
        lower = LowerContent(base)
        size = base?.size ?? 0
        inherited = Extents(ByteRange(offset: 0, count: size))
        // An empty file that nobody has is a change already.
        isDirty = base == nil
    }

    /// Every byte that is not known to be zero.
    var data: Extents { written.union(inherited) }

    mutating func noteChange() {
        isDirty = true
        sealed = nil
    }

    mutating func noteWritten(_ range: ByteRange) {
        written.insert(range)
        inherited.remove(range)
        size = max(size, range.end)
        noteChange()
    }

    mutating func noteZero(_ range: ByteRange) {
        written.remove(range)
        inherited.remove(range)
        noteChange()
    }

    mutating func setSize(_ newSize: UInt64) {
        if newSize < size {
            written.truncate(to: newSize)
            inherited.truncate(to: newSize)
            if UInt64(buffer.count) > newSize { buffer.removeLast(buffer.count - Int(newSize)) }
        }
        size = newSize
        noteChange()
    }

    /// Leaves the frozen file with its content and lies over that.
    mutating func fork() {
        guard let content = frozenAs else { return }
        inherited = data
        written = Extents()
        lower.local = content
        file = nil
        frozenAs = nil
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) {
        let range = ByteRange(offset: offset, count: UInt64(bytes.count))
        let start = Int(offset)
        if buffer.count < start { buffer += [UInt8](repeating: 0, count: start - buffer.count) }
        // What lies over bytes that are there, then what is appended to them.
        let over = min(bytes.count, buffer.count - start)
        unsafe buffer.withUnsafeMutableBytes { buffer in
            let place = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start..<(start + over)])
            unsafe place.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<over]))
        }
        unsafe buffer.append(contentsOf: bytes[over...])
        noteWritten(range)
    }
}
