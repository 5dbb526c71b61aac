import DatasetModel
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetCache

/// Whatever happens to the files, a reader gets the right bytes or a miss.
@Suite struct BlockDamageTests {
    private static let size = 4096
    private static let count = 6
    private let place: TemporaryDirectory
    private let files: (data: String, map: String)

    init() throws {
        place = try TemporaryDirectory()
        files = paths(of: key("a"), in: place.path)
        let content = try Self.open(in: place)
        for number in 0..<Self.count { #expect(content.put(number, block(number, length: Self.size))) }
    }

    private static func open(
        in place: TemporaryDirectory,
        key: ContentKey = key("a"),
        size: Int = count * size,
        blockSize: Int = size
    ) throws -> CachedContent {
        try BlockCache(directory: place.path, blockSize: blockSize, capacity: 1 << 30, reserve: 0)
            .open(key, size: UInt64(size))
    }

    private func good(in content: CachedContent) -> [Int] {
        (0..<Self.count).filter { number in
            guard let bytes = content.bytes(at: UInt64(number * Self.size), count: Self.size) else { return false }
            #expect(bytes == block(number, length: Self.size), "wrong bytes served")
            return true
        }
    }

    @Test("Untouched files serve every block")
    func untouched() throws {
        #expect(good(in: try Self.open(in: place)) == Array(0..<Self.count))
    }

    @Test("A bit that turned over in the data is a miss, for that block alone and from then on", arguments: 0..<count)
    func dataBit(number: Int) throws {
        try flipBit(in: files.data, at: number * Self.size + 77 * number)
        let content = try Self.open(in: place)

        #expect(content.bytes(at: 0, count: Self.count * Self.size) == nil)
        #expect(good(in: content) == (0..<Self.count).filter { $0 != number })
        #expect((0..<Self.count).filter { !content.holds(block: $0) } == [number])
        #expect(content.put(number, block(number, length: Self.size)))
        #expect(good(in: content).count == Self.count)
    }

    @Test("A bit that turned over while the content is open is found as well")
    func dataBitWhileOpen() throws {
        let content = try Self.open(in: place)
        #expect(good(in: content).count == Self.count)

        try flipBit(in: files.data, at: 3 * Self.size)

        #expect(content.bytes(at: UInt64(3 * Self.size + 100), count: 5) == nil)
        #expect(!content.holds(block: 3))
    }

    @Test("A bit that turned over anywhere in the map costs blocks, never their truth")
    func mapBits() throws {
        let whole = try contents(of: files.map)
        for offset in whole.indices {
            var bytes = whole
            bytes[offset] ^= 1 << UInt8(offset % 8)
            try overwrite(files.map, with: bytes)
            let left = good(in: try Self.open(in: place)).count
            let header = whole.count - Self.count * 8
            #expect(left == (offset < header ? 0 : Self.count - 1), "bit of byte \(offset)")
            if offset < header { try refill() }
        }
    }

    @Test("A map cut anywhere keeps what is whole")
    func mapCut() throws {
        let whole = try contents(of: files.map)
        let header = whole.count - Self.count * 8
        for length in whole.indices {
            try overwrite(files.map, with: Array(whole.prefix(length)))
            #expect(good(in: try Self.open(in: place)).count == max(0, (length - header) / 8))
            try refill()
        }
    }

    @Test("A data file cut short is a miss where it ends", arguments: [0, 1, size, 3 * size - 1, 3 * size])
    func dataCut(length: Int) throws {
        try overwrite(files.data, with: Array(try contents(of: files.data).prefix(length)))

        #expect(good(in: try Self.open(in: place)).count == length / Self.size)
    }

    @Test("A missing file is a miss")
    func missing() throws {
        #expect(unsafe unlink(files.data) == 0)
        #expect(good(in: try Self.open(in: place)).isEmpty)
        try refill()
        #expect(unsafe unlink(files.map) == 0)
        #expect(good(in: try Self.open(in: place)).isEmpty)
    }

    @Test("Killed between data and map, the block is absent; killed after a map that came first, it is a miss")
    func killed() throws {
        let header = try contents(of: files.map).count - Self.count * 8
        var map = try contents(of: files.map)
        map.replaceSubrange((header + 8)..<(header + 16), with: [UInt8](repeating: 0, count: 8))
        try overwrite(files.map, with: map)
        var data = try contents(of: files.data)
        data.replaceSubrange((4 * Self.size)..<(5 * Self.size), with: [UInt8](repeating: 0, count: Self.size))
        try overwrite(files.data, with: data)

        let content = try Self.open(in: place)

        #expect(!content.holds(block: 1) && content.holds(block: 4))
        #expect(good(in: content) == [0, 2, 3, 5])
        #expect(!content.holds(block: 4))
    }

    @Test("Files of another key, size or block size are begun anew")
    func otherHeader() throws {
        let other = paths(of: key("b"), in: place.path)
        let folder = String(other.data.prefix(other.data.count - 39))
        _ = unsafe mkdir(folder, 0o700)
        try overwrite(other.data, with: try contents(of: files.data))
        try overwrite(other.map, with: try contents(of: files.map))

        #expect(good(in: try Self.open(in: place, key: key("b"))).isEmpty, "as if two keys had one hash")
        #expect(good(in: try Self.open(in: place, size: Self.count * Self.size - 1)).isEmpty)
        #expect(good(in: try Self.open(in: place)).isEmpty)
        try refill()
        #expect(good(in: try Self.open(in: place, blockSize: 2 * Self.size)).isEmpty)
    }

    @Test("Random damage of both files never serves a wrong byte")
    func random() throws {
        try withSeed { generator in
            let (data, map) = (try contents(of: files.data), try contents(of: files.map))
            for _ in 0..<40 {
                for (path, whole) in [(files.data, data), (files.map, map)] {
                    var bytes = whole
                    for _ in 0..<Int.random(in: 0..<4, using: &generator) {
                        let start = Int.random(in: bytes.indices, using: &generator)
                        let end = Int.random(in: start...min(bytes.count, start + 5_000), using: &generator)
                        bytes.replaceSubrange(start..<end, with: generator.bytes(end - start))
                    }
                    try overwrite(path, with: bytes)
                }
                _ = good(in: try Self.open(in: place))
            }
        }
    }

    private func refill() throws {
        let content = try Self.open(in: place)
        for number in 0..<Self.count { #expect(content.put(number, block(number, length: Self.size))) }
    }
}
