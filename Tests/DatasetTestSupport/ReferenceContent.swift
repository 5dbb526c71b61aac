package import DatasetModel
internal import Glibc

/// What a file is expected to hold: given bytes, or a pattern of any length that is never stored.
package enum ReferenceContent: Hashable, Sendable {
    case bytes([UInt8])
    /// Byte `i` is a function of seed and `i` alone; other seeds and other places differ.
    case pattern(seed: UInt64, size: UInt64)

    package static func text(_ text: String) -> ReferenceContent { .bytes(Array(text.utf8)) }

    package var size: UInt64 {
        switch self {
        case .bytes(let bytes): UInt64(bytes.count)
        case .pattern(_, let size): size
        }
    }

    package func byte(at offset: UInt64) -> UInt8 {
        bytes(in: ByteRange(offset: offset, count: 1)).first ?? 0
    }

    package var wholeRange: ByteRange { ByteRange(offset: 0, count: size) }

    package var allBytes: [UInt8] { bytes(in: wholeRange) }

    /// The bytes of the part of `range` that lies within the content.
    package func bytes(in range: ByteRange) -> [UInt8] {
        let range = range.clamped(to: size)
        switch self {
        case .bytes(let bytes):
            return range.isEmpty ? [] : Array(bytes[Int(range.offset)..<Int(range.end)])
        case .pattern(let seed, _):
            return unsafe [UInt8](unsafeUninitializedCapacity: Int(range.count)) { buffer, count in
                for piece in Pattern.pieces(of: range, seed: seed) {
                    let target = unsafe UnsafeMutableRawBufferPointer(buffer).suffix(from: piece.start)
                    unsafe Pattern.table.withUnsafeBytes { table in
                        let source = unsafe UnsafeRawBufferPointer(rebasing: table[piece.source])
                        unsafe UnsafeMutableRawBufferPointer(rebasing: target).copyMemory(from: source)
                    }
                }
                count = Int(range.count)
            }
        }
    }

    /// The first offset, within the content, at which `bytes`, read from `offset` on, differ; nil when all are right.
    package func firstMismatch(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) -> UInt64? {
        let expected = self.bytes(in: ByteRange(offset: offset, count: UInt64(bytes.count)))
        let isEqual = unsafe expected.withUnsafeBytes { expected in
            unsafe bytes.count == expected.count && isSameMemory(bytes, expected)
        }
        if isEqual { return nil }
        let index = unsafe zip(expected, bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        return offset + UInt64(index ?? min(expected.count, bytes.count))
    }

    package func firstMismatch(_ bytes: [UInt8], at offset: UInt64 = 0) -> UInt64? {
        unsafe bytes.withUnsafeBytes { unsafe firstMismatch($0, at: offset) }
    }
}

/// A table of random bytes that each block of a content is cut from, at a place that seed and block number choose: made
/// and compared by copying memory, so that gigabytes cost little, also without optimisation.
private enum Pattern {
    struct Piece {
        /// Where the piece goes, counted from the beginning of the range.
        let start: Int
        let source: Range<Int>
    }

    private static let block: UInt64 = 65536
    private static let places: UInt64 = 1 << 20

    static let table: [UInt8] = {
        var generator = SeededGenerator(seed: 0)
        return (0..<((places + block) / 8)).flatMap { _ in
            let word = generator.next()
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
    }()

    static func pieces(of range: ByteRange, seed: UInt64) -> [Piece] {
        var pieces: [Piece] = []
        var offset = range.offset
        while offset < range.end {
            let number = offset / block
            let end = min(range.end, (number + 1) * block)
            let place = SeededGenerator.mix(SeededGenerator.mix(seed) &+ number) % places
            let first = Int(place + offset % block)
            pieces.append(Piece(start: Int(offset - range.offset), source: first..<(first + Int(end - offset))))
            offset = end
        }
        return pieces
    }
}

private func isSameMemory(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard let first = left.baseAddress, let second = right.baseAddress else { return true }
    return unsafe memcmp(first, second, left.count) == 0
}
