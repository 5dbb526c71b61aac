/// Bytes `offset ..< end` of a content.
package struct ByteRange: Hashable, Sendable {
    package let offset: UInt64
    package let count: UInt64

    package init(offset: UInt64, count: UInt64) {
        self.offset = offset
        // A range that would pass the end of the number line is cut, so that `end` cannot trap.
        self.count = min(count, .max - offset)
    }

    package var end: UInt64 { offset + count }
    package var isEmpty: Bool { count == 0 }

    /// The part below `size`.
    package func clamped(to size: UInt64) -> ByteRange {
        guard offset < size else { return ByteRange(offset: size, count: 0) }
        return ByteRange(offset: offset, count: min(count, size - offset))
    }
}

extension ByteRange: CustomStringConvertible {
    package var description: String { "\(offset)+\(count)" }
}
