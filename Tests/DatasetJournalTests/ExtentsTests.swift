import DatasetModel
import DatasetTestSupport
import Testing

@testable import DatasetJournal

@Suite struct ExtentsTests {
    /// What the set should hold, byte by byte.
    private struct Model {
        var bytes = [Bool](repeating: false, count: 120)

        mutating func set(_ range: ByteRange, to value: Bool) {
            for index in Int(range.offset)..<min(Int(clamping: range.end), bytes.count) { bytes[index] = value }
        }

        func agrees(with extents: Extents) -> Bool {
            let ranges = extents.ranges
            var seen = [Bool](repeating: false, count: bytes.count)
            var end: UInt64?
            for range in ranges {
                if range.isEmpty || end.map({ range.offset <= $0 }) ?? false { return false }
                for index in Int(range.offset)..<Int(range.end) { seen[index] = true }
                end = range.end
            }
            return seen == bytes && extents.total == UInt64(bytes.count { $0 })
        }
    }

    private func range(_ generator: inout SeededGenerator) -> ByteRange {
        let offset = UInt64.random(in: 0..<100, using: &generator)
        return ByteRange(offset: offset, count: .random(in: 0...20, using: &generator))
    }

    @Test("After any operations the set holds what a row of bits would, in order and without neighbours that touch")
    func model() {
        withSeed { generator in
            for _ in 0..<300 {
                var (extents, model) = (Extents(), Model())
                for _ in 0..<60 {
                    let range = range(&generator)
                    switch Int.random(in: 0..<8, using: &generator) {
                    case 0..<5:
                        extents.insert(range)
                        model.set(range, to: true)
                    case 5, 6:
                        extents.remove(range)
                        model.set(range, to: false)
                    default:
                        extents.truncate(to: range.offset)
                        model.set(ByteRange(offset: range.offset, count: .max), to: false)
                    }
                    guard model.agrees(with: extents) else {
                        Issue.record("\(extents.ranges) after \(range)")
                        return
                    }
                    check(extents, model, range)
                }
            }
        }
    }

    private func check(_ extents: Extents, _ model: Model, _ range: ByteRange) {
        let within = Int(range.offset)..<Int(range.end)
        var parts = Extents()
        for part in extents.parts(of: range) { parts.insert(part) }
        var gaps = Extents()
        for gap in extents.gaps(in: range) { gaps.insert(gap) }
        var wantedParts = Model()
        var wantedGaps = Model()
        for index in within where model.bytes[index] { wantedParts.bytes[index] = true }
        for index in within where !model.bytes[index] { wantedGaps.bytes[index] = true }
        #expect(wantedParts.agrees(with: parts) && wantedGaps.agrees(with: gaps))

        let start = Int(range.offset)
        #expect(extents.next(from: range.offset) == model.bytes[start...].firstIndex(of: true).map(UInt64.init))
        #expect(extents.nextGap(from: range.offset) == model.bytes[start...].firstIndex(of: false).map(UInt64.init))
        #expect(extents.contains(range.offset) == model.bytes[start])
    }

    @Test("Union, intersection and difference are those of the bytes")
    func algebra() {
        withSeed { generator in
            for _ in 0..<300 {
                var sets = [Extents(), Extents()]
                var models = [Model(), Model()]
                for index in 0..<2 {
                    for _ in 0..<8 {
                        let range = range(&generator)
                        sets[index].insert(range)
                        models[index].set(range, to: true)
                    }
                }
                let pairs = Array(zip(models[0].bytes, models[1].bytes))
                #expect(Model(bytes: pairs.map { $0 || $1 }).agrees(with: sets[0].union(sets[1])))
                #expect(Model(bytes: pairs.map { $0 && $1 }).agrees(with: sets[0].intersection(sets[1])))
                #expect(Model(bytes: pairs.map { $0 && !$1 }).agrees(with: sets[0].subtracting(sets[1])))
            }
        }
    }

    @Test("Ranges at the end of the number line do not trap")
    func extremes() {
        var extents = Extents(ByteRange(offset: .max - 1, count: .max))
        extents.insert(ByteRange(offset: 0, count: .max))
        extents.remove(ByteRange(offset: 5, count: .max))
        extents.truncate(to: .max)
        #expect(extents.ranges == [ByteRange(offset: 0, count: 5)])
    }
}
