import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetCache

/// Disks that refuse the facts file: nobody who reads or writes facts feels it.
@Suite("Facts on a sick disk")
struct FactDiskTests {
    private let place: TemporaryDirectory
    private let warnings = Warnings()
    private let time = ManualTime()

    init() throws {
        place = try TemporaryDirectory()
    }

    private func open(_ path: String) throws -> FactStore {
        try FactStore(path: path, identity: "test", time: time, onWarning: { [warnings] in warnings.add($0) })
    }

    @Test(
        "On a full disk facts go on in memory with all that was known, under the same numbers, after one warning",
        .enabled(if: SmallDisk.isPossible, "mounting a small disk needs root")
    )
    func full() throws {
        let disk = try SmallDisk(in: place, bytes: 1 << 20)
        let store = try open(disk.path + "/facts")
        let small = try store.replaceChildren(of: 1, with: (0..<100).map { file("file \($0)") }, at: 1).added
        #expect(store.trouble == nil)

        let many = (0..<100).map { file("file \($0)") } + (0..<30_000).map { file("new \($0)") }
        let change = try store.replaceChildren(of: 1, with: many, at: 2)

        #expect(change.added.count == 30_000 && change.removed.isEmpty)
        #expect(try store.children(of: 1, after: 0, limit: 100).map(\.inode) == small.map(\.inode))
        #expect(try store.listing(of: 1)?.listedAt == 2)
        #expect(try store.fact(named: "new 29999", in: 1) != nil)
        #expect(try store.place(file("made"), in: 1, at: 3).inode > change.added.map(\.inode).max() ?? .max)
        #expect(store.trouble?.code == .disk)
        #expect(warnings.all.count == 1 && warnings.all.first?.contains("memory") == true)
    }

    @Test(
        "A disk that takes facts again has them all after a while, and the next process as well",
        .enabled(if: SmallDisk.isPossible, "mounting a small disk needs root")
    )
    func back() throws {
        let disk = try SmallDisk(in: place, bytes: 1 << 20)
        var inode: UInt64 = 0
        do {
            let store = try open(disk.path + "/facts")
            try store.replaceChildren(of: 1, with: (0..<20_000).map { file("file \($0)") }, at: 1)
            #expect(store.trouble != nil)
            time.advance(by: FactBase.firstPause)
            _ = try store.place(file("meanwhile"), in: 1, at: 2)
            #expect(store.trouble != nil, "The disk is as full as before.")

            try disk.resize(to: 64 << 20)
            _ = try store.place(file("too early"), in: 1, at: 3)
            #expect(store.trouble != nil, "It is not asked at every turn.")
            time.advance(by: FactBase.longestPause)
            inode = try store.place(file("late"), in: 1, at: 4).inode

            #expect(store.trouble == nil)
            #expect(warnings.all.count == 2 && warnings.all.last?.contains("in use again") == true)
            #expect(try store.fact(named: "meanwhile", in: 1) != nil)
        }

        let store = try open(disk.path + "/facts")

        #expect(try store.fact(named: "late", in: 1)?.inode == inode)
        #expect(try store.fact(named: "file 19999", in: 1) != nil && store.trouble == nil)
        #expect(warnings.all.count == 2)
    }

    @Test("Where no file can be made at the start, facts are kept in memory from the start")
    func fromTheStart() throws {
        let path = place.file("facts")
        #expect(unsafe mkdir(path, 0o700) == 0)

        let store = try open(path)

        #expect(store.trouble?.path == path && warnings.all.count == 1)
        let inode = try store.add(file("a"), to: 1, at: 7).inode
        #expect(try store.fact(named: "a", in: 1)?.inode == inode)
        #expect(inode > 1 << 40, "A number that the file may have given to something else is not given again.")

        #expect(unsafe rmdir(path) == 0)
        time.advance(by: FactBase.firstPause)
        try store.add(file("b"), to: 1, at: 8)
        #expect(store.trouble == nil && exists(path))
        #expect(try store.fact(named: "a", in: 1)?.inode == inode)
    }

    @Test(
        "Who reads while the facts go to memory sees what was there before or what came after",
        .enabled(if: SmallDisk.isPossible, "mounting a small disk needs root")
    )
    func readers() async throws {
        try await onThread { [place] in
            let disk = try SmallDisk(in: place, bytes: 2 << 20)
            let store = try open(disk.path + "/facts")
            try store.replaceChildren(of: 1, with: (0..<10).map { file("file \($0)") }, at: 1)
            let isOver = Flag()
            let failures = Warnings()
            let readers = (0..<3).compactMap { _ in
                OwnedThread(name: "reader") {
                    while !isOver.isRaised {
                        do {
                            let count = try store.children(of: 1, after: 0, limit: 20_000).count
                            if count % 1000 != 10 { failures.add("\(count) children") }
                        } catch {
                            failures.add("\(error)")
                        }
                    }
                }
            }
            var told = (0..<10).map { file("file \($0)") }
            for round in 0..<10 {
                told += (0..<1000).map { file("file \(round) \($0)") }
                try store.replaceChildren(of: 1, with: told, at: Int64(round))
            }
            isOver.raise()
            for reader in readers { reader.join() }

            #expect(store.trouble != nil)
            #expect(failures.all.isEmpty)
        }
    }
}
