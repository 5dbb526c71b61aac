/// Which blocks of a content are there, and the checksum of each: 0 for absent.
///
/// Kept in segments made when first needed: memory goes by what is there, not by what a store claims a size to be.
struct BlockMap: Sendable {
    private struct Segment: Sendable {
        var checksums = [UInt64](repeating: 0, count: BlockMap.segmentLength)
        var present = 0
    }

    /// Blocks of one segment; its checksums fill one page.
    static let segmentLength = 512

    let blockCount: Int
    private(set) var presentCount = 0
    private var segments: [Int: Segment] = [:]

    init(blockCount: Int) {
        self.blockCount = blockCount
    }

    /// The checksum of a block; 0 when it is absent or beyond the content.
    subscript(block: Int) -> UInt64 {
        guard block >= 0, block < blockCount, let segment = segments[block / Self.segmentLength] else { return 0 }
        return segment.checksums[block % Self.segmentLength]
    }

    /// Sets or, with 0, removes a block's checksum; a block beyond the content is ignored.
    mutating func set(_ block: Int, to checksum: UInt64) {
        guard block >= 0, block < blockCount else { return }
        let index = block / Self.segmentLength
        if checksum == 0 && segments[index] == nil { return }
        let old = segments[index, default: Segment()].checksums[block % Self.segmentLength]
        let step = (checksum == 0 ? 0 : 1) - (old == 0 ? 0 : 1)
        segments[index, default: Segment()].checksums[block % Self.segmentLength] = checksum
        segments[index, default: Segment()].present += step
        presentCount += step
        if segments[index]?.present == 0 { segments[index] = nil }
    }

    /// Takes over checksums read from a file: the first `count` of `checksums`, as far as the content goes.
    mutating func load(segment index: Int, _ checksums: [UInt64], count: Int) {
        let start = index * Self.segmentLength
        let count = min(count, checksums.count, Self.segmentLength, blockCount - start)
        guard segments[index] == nil, count > 0 else { return }
        var segment = Segment()
        for position in 0..<count where checksums[position] != 0 {
            segment.checksums[position] = checksums[position]
            segment.present += 1
        }
        guard segment.present > 0 else { return }
        presentCount += segment.present
        segments[index] = segment
    }

    /// The runs of present blocks within `blocks`.
    func presentRuns(in blocks: Range<Int>) -> [Range<Int>] {
        let blocks = blocks.clamped(to: 0..<blockCount)
        var runs: [Range<Int>] = []
        var position = blocks.lowerBound
        while let start = next(in: position..<blocks.upperBound, isPresent: true) {
            let end = next(in: start..<blocks.upperBound, isPresent: false) ?? blocks.upperBound
            runs.append(start..<end)
            position = end
        }
        return runs
    }

    /// The first block that is there, or that is not; whole segments are passed over at once.
    private func next(in blocks: Range<Int>, isPresent: Bool) -> Int? {
        var block = blocks.lowerBound
        while block < blocks.upperBound {
            let index = block / Self.segmentLength
            let end = min((index + 1) * Self.segmentLength, blocks.upperBound)
            guard let segment = segments[index] else {
                if !isPresent { return block }
                block = end
                continue
            }
            if !isPresent && segment.present == Self.segmentLength {
                block = end
                continue
            }
            while block < end {
                if (segment.checksums[block % Self.segmentLength] != 0) == isPresent { return block }
                block += 1
            }
        }
        return nil
    }
}
