package import DatasetModel

/// A set of bytes of a file: ranges in ascending order that neither overlap nor touch.
package struct Extents: Sendable, Equatable {
    // INVARIANT: starts[i] < ends[i] < starts[i + 1].
    private var starts: [UInt64] = []
    private var ends: [UInt64] = []

    package init() {}

    package init(_ range: ByteRange) {
        insert(range)
    }

    package var isEmpty: Bool { starts.isEmpty }
    package var count: Int { starts.count }

    package var ranges: [ByteRange] {
        starts.indices.map { ByteRange(offset: starts[$0], count: ends[$0] - starts[$0]) }
    }

    /// How many bytes are in the set.
    package var total: UInt64 {
        starts.indices.reduce(0) { $0 + (ends[$1] - starts[$1]) }
    }

    package mutating func insert(_ range: ByteRange) {
        guard !range.isEmpty else { return }
        // All extents that the range overlaps or touches become one with it.
        let first = Self.firstIndex(in: ends) { $0 >= range.offset }
        let last = Self.firstIndex(in: starts, from: first) { $0 > range.end }
        guard first < last else {
            starts.insert(range.offset, at: first)
            ends.insert(range.end, at: first)
            return
        }
        let (start, end) = (min(starts[first], range.offset), max(ends[last - 1], range.end))
        if last - first > 1 {
            starts.removeSubrange((first + 1)..<last)
            ends.removeSubrange((first + 1)..<last)
        }
        starts[first] = start
        ends[first] = end
    }

    package mutating func remove(_ range: ByteRange) {
        guard !range.isEmpty else { return }
        let first = Self.firstIndex(in: ends) { $0 > range.offset }
        let last = Self.firstIndex(in: starts, from: first) { $0 >= range.end }
        guard first < last else { return }
        let (head, tail) = (starts[first], ends[last - 1])
        var newStarts: [UInt64] = []
        var newEnds: [UInt64] = []
        if head < range.offset {
            newStarts.append(head)
            newEnds.append(range.offset)
        }
        if tail > range.end {
            newStarts.append(range.end)
            newEnds.append(tail)
        }
        starts.replaceSubrange(first..<last, with: newStarts)
        ends.replaceSubrange(first..<last, with: newEnds)
    }

    /// Takes away all bytes at `size` and behind.
    package mutating func truncate(to size: UInt64) {
        remove(ByteRange(offset: size, count: .max))
    }

    package func contains(_ offset: UInt64) -> Bool {
        let index = Self.firstIndex(in: ends) { $0 > offset }
        return index < starts.count && starts[index] <= offset
    }

    /// The first byte at `offset` or behind that is in the set.
    package func next(from offset: UInt64) -> UInt64? {
        let index = Self.firstIndex(in: ends) { $0 > offset }
        return index < starts.count ? max(starts[index], offset) : nil
    }

    /// The first byte at `offset` or behind that is not in the set.
    package func nextGap(from offset: UInt64) -> UInt64 {
        let index = Self.firstIndex(in: ends) { $0 > offset }
        return index < starts.count && starts[index] <= offset ? ends[index] : offset
    }

    /// The parts of `range` that are in the set.
    package func parts(of range: ByteRange) -> [ByteRange] {
        var result: [ByteRange] = []
        var index = Self.firstIndex(in: ends) { $0 > range.offset }
        while index < starts.count, starts[index] < range.end {
            let start = max(starts[index], range.offset)
            let end = min(ends[index], range.end)
            if start < end { result.append(ByteRange(offset: start, count: end - start)) }
            index += 1
        }
        return result
    }

    /// The parts of `range` that are not in the set.
    package func gaps(in range: ByteRange) -> [ByteRange] {
        var result: [ByteRange] = []
        var position = range.offset
        for part in parts(of: range) {
            if part.offset > position { result.append(ByteRange(offset: position, count: part.offset - position)) }
            position = part.end
        }
        if position < range.end { result.append(ByteRange(offset: position, count: range.end - position)) }
        return result
    }

    /// The first index at or behind `from` whose value fulfils a condition that no value before does.
    private static func firstIndex(in values: [UInt64], from: Int = 0, where isReached: (UInt64) -> Bool) -> Int {
        var (low, high) = (from, values.count)
        while low < high {
            let middle = low + (high - low) / 2
            if isReached(values[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension Extents {
    package func union(_ other: Extents) -> Extents {
        var result = self
        for range in other.ranges { result.insert(range) }
        return result
    }

    package func intersection(_ other: Extents) -> Extents {
        var result = Extents()
        for range in other.ranges {
            for part in parts(of: range) { result.insert(part) }
        }
        return result
    }

    package func subtracting(_ other: Extents) -> Extents {
        var result = self
        for range in other.ranges { result.remove(range) }
        return result
    }
}
