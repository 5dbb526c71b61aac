import DatasetArchive
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

@Suite("Files of checkpoints")
struct CheckpointFileTests {
    @Test("What was saved is there for the next process, and for no other member")
    func kept() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("c")
        let bytes = (0..<100).map { index in [UInt8](repeating: UInt8(index), count: 1000 + index) }
        let first = CheckpointFile(path: path, key: "k")
        #expect(first.offsets() == [])
        for (index, content) in bytes.enumerated() { first.save(content, at: UInt64(index) << 22) }
        for store in [first, CheckpointFile(path: path, key: "k")] {
            #expect(store.offsets().sorted() == bytes.indices.map { UInt64($0) << 22 })
            #expect(bytes.indices.allSatisfy { store.load(UInt64($0) << 22) == bytes[$0] })
            #expect(store.load(1) == nil)
        }
        #expect(CheckpointFile(path: path, key: "l").offsets() == [])
        first.discard(0)
        #expect(first.load(0) == nil && first.load(1 << 22) == bytes[1])
    }

    @Test("A record that a crash left torn ends the list, and the next one takes its place")
    func torn() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("c")
        let first = CheckpointFile(path: path, key: "k")
        for index in 1...3 { first.save([UInt8](repeating: UInt8(index), count: 100), at: UInt64(index)) }
        let isCut = unsafe truncate(path, 5 + 2 * 112 + 50) == 0
        #expect(isCut)
        let second = CheckpointFile(path: path, key: "k")
        #expect(second.offsets().sorted() == [1, 2])
        second.save([9], at: 9)
        let third = CheckpointFile(path: path, key: "k")
        #expect(third.offsets().sorted() == [1, 2, 9])
        #expect(third.load(9) == [9] && third.load(2) == [UInt8](repeating: 2, count: 100))
    }

    @Test("One member's store is shared, another one's is its own")
    func shared() throws {
        let directory = try TemporaryDirectory()
        let files = CheckpointFiles(directory: directory.file("checkpoints"))
        files.store(for: "a").save([1], at: 5)
        #expect(files.store(for: "a").load(5) == [1])
        #expect(files.store(for: "b").offsets() == [])
        #expect(CheckpointFiles(directory: directory.file("checkpoints")).store(for: "a").load(5) == [1])
    }
}
