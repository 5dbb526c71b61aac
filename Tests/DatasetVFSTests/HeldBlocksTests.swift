import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetVFS

@Suite("HeldBlocks")
struct HeldBlocksTests {
    private static let length = 10
    private let budget = MemoryBudget(capacity: 1 << 20)
    private let pool: SegmentPool

    init() {
        pool = SegmentPool(budget: budget)
    }

    /// A segment of so many blocks, each full of its number.
    private func segment(_ blocks: Range<Int>) -> Segment {
        let segment = pool.segment(blocks.count * Self.length, isAhead: true)
        for (index, block) in blocks.enumerated() {
            let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: block), count: Self.length)
            unsafe bytes.withUnsafeBytes { unsafe segment.fill(from: index * Self.length, with: $0) }
        }
        return segment
    }

    /// Holds all of a segment.
    private func hold(_ blocks: Range<Int>, in held: inout HeldBlocks) -> Segment {
        let segment = segment(blocks)
        for (index, block) in blocks.enumerated() {
            let start = index * Self.length
            held.hold(block, HeldBytes(segment: segment, range: start..<start + Self.length))
        }
        return segment
    }

    private func note(
        _ block: Int,
        of segment: Segment,
        isKept: Bool,
        stays: Bool,
        isCurrent: Bool = true,
        in held: inout HeldBlocks
    ) {
        let wasCurrent = held.noteWritten(block, of: segment, isKept: isKept, staysUntilRead: stays)
        #expect(wasCurrent == isCurrent)
    }

    @Test("A block is there from its arrival until the cache has it")
    func underWay() {
        var held = HeldBlocks()
        let segment = hold(3..<6, in: &held)

        #expect(held.holds(4) && held.bytes(of: 4)?.copy == [UInt8](repeating: 4, count: Self.length))
        #expect(held.underWay == 3 && held.bytesNotKept == 30)
        #expect(held.runs(of: segment, in: 3..<6) == [3..<6])
        for block in 3..<6 {
            note(block, of: segment, isKept: true, stays: false, in: &held)
        }

        #expect(held.isEmpty && held.underWay == 0 && held.bytesNotKept == 0)
    }

    @Test("What was fetched ahead stays until it was read, whichever comes first")
    func unread() {
        var held = HeldBlocks()
        let segment = hold(0..<2, in: &held)

        held.noteRead(0..<1)
        #expect(held.holds(0), "The cache does not have it yet.")
        note(0, of: segment, isKept: true, stays: true, in: &held)
        #expect(!held.holds(0))
        note(1, of: segment, isKept: true, stays: true, in: &held)
        #expect(held.holds(1) && held.unreadCount == 1 && held.bytesNotKept == 0 && held.underWay == 0)
        held.noteRead(1..<2)

        #expect(held.isEmpty && held.unreadCount == 0)
    }

    @Test("Of what nobody comes for, the oldest goes")
    func unreadLimit() {
        var held = HeldBlocks()
        let count = HeldBlocks.unreadLimit + 3
        let segment = hold(0..<count, in: &held)

        for block in 0..<count {
            note(block, of: segment, isKept: true, stays: true, in: &held)
        }
        #expect(!held.holds(2) && held.holds(3) && held.unreadCount == HeldBlocks.unreadLimit)
        held.noteRead(0..<count)

        #expect(held.isEmpty)
    }

    @Test("What the cache refused stays until it was read, the newest of it longest")
    func refused() {
        var held = HeldBlocks()
        let count = HeldBlocks.refusedLimit + 2
        let segment = hold(0..<count, in: &held)

        for block in 0..<count {
            note(block, of: segment, isKept: false, stays: false, in: &held)
        }
        #expect(!held.holds(1) && held.holds(2) && held.refusedCount == HeldBlocks.refusedLimit)
        held.trimRefused(to: HeldBlocks.refusedFloor)
        #expect(!held.holds(count - HeldBlocks.refusedFloor - 1) && held.holds(count - HeldBlocks.refusedFloor))
        held.noteRead(0..<count)

        #expect(held.isEmpty && held.bytesNotKept == 0)
    }

    @Test("A block that was dropped or came anew is not what was written")
    func superseded() {
        var held = HeldBlocks()
        let old = hold(0..<4, in: &held)
        held.drop(1..<2)
        let new = hold(2..<3, in: &held)

        #expect(held.runs(of: old, in: 0..<4) == [0..<1, 3..<4])
        note(1, of: old, isKept: true, stays: true, isCurrent: false, in: &held)
        note(2, of: old, isKept: true, stays: true, isCurrent: false, in: &held)
        note(2, of: new, isKept: true, stays: true, in: &held)
        #expect(held.underWay == 2)
        held.drop(0..<Int.max)

        #expect(held.isEmpty && held.underWay == 0 && held.unreadCount == 0)
    }

    @Test("Where memory is short, what the cache does not have yet is done without")
    func givenUp() {
        var held = HeldBlocks()
        let segment = hold(0..<3, in: &held)
        note(0, of: segment, isKept: true, stays: true, in: &held)
        note(1, of: segment, isKept: false, stays: true, in: &held)

        held.giveUp(0..<3)

        #expect(held.holds(0) && held.holds(1) && !held.holds(2) && held.underWay == 0)
        note(2, of: segment, isKept: true, stays: true, isCurrent: false, in: &held)
    }

    @Test("A segment's memory is given back with the last of its blocks")
    func memory() {
        var held = HeldBlocks()
        _ = hold(0..<3, in: &held)

        held.drop(0..<2)
        #expect(held.bytes(of: 2) != nil)
        budget.charge((1 << 20) - 30)
        budget.charge(1)
        #expect(budget.isExceeded)
        held.drop(2..<3)
        #expect(!budget.isExceeded)
    }

    @Test("Whatever happens, the counts are those of what is there")
    func walk() {
        withSeed { generator in
            var held = HeldBlocks()
            var written: [(Int, Segment)] = []
            for _ in 0..<3000 {
                let block = Int.random(in: 0..<40, using: &generator)
                switch Int.random(in: 0..<6, using: &generator) {
                case 0, 1:
                    let blocks = block..<min(40, block + 4)
                    let segment = hold(blocks, in: &held)
                    written += blocks.map { ($0, segment) }
                case 2: held.noteRead(block..<block + 1)
                case 3: held.drop(block..<min(40, block + 3))
                default:
                    guard let (block, segment) = written.randomElement(using: &generator) else { continue }
                    written.removeAll { $0.0 == block && $0.1 === segment }
                    let wasCurrent = held.bytes(of: block)?.segment === segment
                    let isCurrent = held.noteWritten(
                        block,
                        of: segment,
                        isKept: Bool.random(using: &generator),
                        staysUntilRead: Bool.random(using: &generator)
                    )
                    #expect(isCurrent == wasCurrent)
                }
                let there = (0..<40).count { held.holds($0) }
                #expect(held.underWay + held.unreadCount + held.refusedCount == there)
                #expect(held.bytesNotKept == (held.underWay + held.refusedCount) * Self.length)
                #expect(held.bytesUnread == held.unreadCount * Self.length)
                #expect(held.isEmpty == (there == 0))
            }
        }
    }
}

extension HeldBytes {
    /// The bytes themselves.
    var copy: [UInt8] { unsafe segment.withBytes(in: range) { unsafe Array($0) } }
}
