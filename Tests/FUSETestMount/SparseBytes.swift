import DatasetModel
import DatasetVFS

/// A file's bytes in memory, in chunks; a chunk that was never written is a hole and reads as zeros.
struct SparseBytes: Sendable {
    private static let chunk: UInt64 = 64 << 10

    private(set) var size: UInt64 = 0
    /// By number; each of full length, zeros behind the end of the file.
    private var chunks: [UInt64: [UInt8]] = [:]

    /// Where a range lies: chunk by chunk.
    private static func pieces(_ range: ByteRange) -> [(number: UInt64, part: Range<Int>)] {
        var result: [(UInt64, Range<Int>)] = []
        var offset = range.offset
        while offset < range.end {
            let start = Int(offset % chunk)
            let count = Int(min(range.end - offset, chunk - UInt64(start)))
            result.append((offset / chunk, start..<start + count))
            offset += UInt64(count)
        }
        return result
    }

    /// - Returns: Bytes copied.
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let range = ByteRange(offset: offset, count: UInt64(buffer.count)).clamped(to: size)
        var done = 0
        for piece in Self.pieces(range) {
            let place = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + piece.part.count])
            if let bytes = chunks[piece.number] {
                unsafe bytes.withUnsafeBytes { bytes in
                    unsafe place.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[piece.part]))
                }
            } else {
                unsafe place.initializeMemory(as: UInt8.self, repeating: 0)
            }
            done += piece.part.count
        }
        return done
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) {
        let range = ByteRange(offset: offset, count: UInt64(bytes.count))
        var done = 0
        for piece in Self.pieces(range) {
            let source = unsafe UnsafeRawBufferPointer(rebasing: bytes[done..<done + piece.part.count])
            unsafe chunks[piece.number, default: Self.zeros].withUnsafeMutableBytes { target in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[piece.part]).copyMemory(from: source)
            }
            done += piece.part.count
        }
        size = max(size, range.end)
    }

    mutating func write(_ bytes: [UInt8], at offset: UInt64) {
        unsafe bytes.withUnsafeBytes { unsafe write($0, at: offset) }
    }

    private static let zeros = [UInt8](repeating: 0, count: Int(chunk))

    mutating func resize(to newSize: UInt64) {
        if newSize < size { clear(ByteRange(offset: newSize, count: size - newSize)) }
        size = newSize
    }

    /// Makes zeros of a range; whole chunks become holes again.
    mutating func clear(_ range: ByteRange) {
        for piece in Self.pieces(range.clamped(to: size)) {
            if piece.part.count == Int(Self.chunk) {
                chunks[piece.number] = nil
            } else if chunks[piece.number] != nil {
                chunks[piece.number]?.replaceSubrange(piece.part, with: repeatElement(0, count: piece.part.count))
            }
        }
    }

    /// - Returns: Nil behind the end, and when no more data comes. The end of the file is a hole.
    func next(_ target: SeekTarget, from offset: UInt64) -> UInt64? {
        var offset = offset
        while offset < size {
            let isData = chunks[offset / Self.chunk] != nil
            if isData == (target == .data) { return offset }
            offset = (offset / Self.chunk + 1) * Self.chunk
        }
        return target == .hole ? size : nil
    }
}
