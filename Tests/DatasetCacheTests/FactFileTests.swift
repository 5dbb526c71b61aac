import DatasetModel
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetCache

@Suite struct FactFileTests {
    private let place: TemporaryDirectory
    private let path: String
    private let warnings = Warnings()

    init() throws {
        place = try TemporaryDirectory()
        path = place.file("facts")
    }

    private func open(identity: String = "test") throws -> FactStore {
        try FactStore(path: path, identity: identity, onWarning: { [warnings] in warnings.add($0) })
    }

    /// Leaves a file with one file `a` behind and answers its inode.
    private func fill() throws -> UInt64 {
        let store = try open()
        return try store.replaceChildren(of: 1, with: [file("a", attributes: AttributesTextTests.full("x"))], at: 7)
            .added[0].inode
    }

    @Test("Facts, inodes and listings outlive the process")
    func persistent() throws {
        let inode = try fill()

        let store = try open()

        #expect(try store.fact(named: "a", in: 1)?.inode == inode)
        #expect(try store.node(inode)?.attributes == AttributesTextTests.full("x"))
        #expect(try store.listing(of: 1) == ListingState(listedAt: 7, isComplete: true))
        #expect(try store.add(file("b"), to: 1, at: 8).inode > inode)
        #expect(warnings.all.isEmpty)
    }

    @Test("A file of another store is set aside and begun anew", arguments: ["other", "tes", "test\u{0}", ""])
    func otherStore(identity: String) throws {
        _ = try fill()

        let store = try open(identity: identity)

        #expect(try store.fact(named: "a", in: 1) == nil)
        #expect(try store.fact(1) != nil)
        #expect(exists(path + ".set-aside"))
        #expect(warnings.all.count == 1 && warnings.all[0].contains("another store"))
    }

    @Test("A file that a newer program wrote is set aside")
    func newerSchema() throws {
        _ = try fill()
        try replace("1 facts", by: "9 facts")

        let store = try open()

        #expect(try store.fact(named: "a", in: 1) == nil)
        #expect(warnings.all.first?.contains("newer program") == true)
    }

    @Test("A database of something else is set aside")
    func foreign() throws {
        _ = try fill()
        try replace("meta", by: "mota")

        _ = try open()

        #expect(warnings.all.first?.contains("something else") == true)
    }

    @Test("A file that is no database is set aside", arguments: [100, 4096, 20_000])
    func rubbish(length: Int) throws {
        try overwrite(path, with: block(1, length: length))

        let store = try open()

        #expect(try store.fact(1) != nil)
        #expect(warnings.all.count == 1)
    }

    @Test("A file cut short, or with a page of zeros, is set aside or whole", arguments: 0..<8)
    func damaged(page: Int) throws {
        let count = 400
        do {
            let store = try open()
            try store.replaceChildren(of: 1, with: (0..<count).map { file("file \($0)") }, at: 7)
        }
        var bytes = try contents(of: path)
        let start = page * 4096
        try #require(start + 4096 < bytes.count)
        if page % 2 == 0 {
            bytes.removeLast(bytes.count - start - 100)
        } else {
            bytes.replaceSubrange(start..<(start + 4096), with: [UInt8](repeating: 0, count: 4096))
        }
        try overwrite(path, with: bytes)

        let store = try open()

        #expect(warnings.all.count == 1)
        #expect(try store.children(of: 1, after: 0, limit: 1000).isEmpty)
        #expect(try store.add(file("new"), to: 1, at: 1).inode == 16)
    }

    @Test("Damage met while the file is in use has it set aside at the next start")
    func wrongValue() throws {
        let inode = try fill()
        try replace("{\"description\"", by: "!\"description\"")
        do {
            let store = try open()
            #expect(throws: CacheError.self) { try store.node(inode) }
            #expect(try store.fact(inode) != nil)
        }

        let store = try open()

        #expect(try store.fact(inode) == nil)
        #expect(warnings.all.first?.contains("while in use") == true)
        #expect(!exists(path + ".damaged"))
    }

    @Test("The second owner is told who the first one is")
    func busy() throws {
        let first = try open()

        let error = #expect(throws: CacheError.self) { _ = try open() }

        #expect(error?.code == .busy(pid: getpid()))
        #expect(error?.message.contains("\(getpid())") == true)
        _ = try first.fact(1)
    }

    @Test("Where no file can be made the error names it")
    func impossible() {
        let error = #expect(throws: CacheError.self) {
            _ = try FactStore(path: place.file("missing/facts"), identity: "test")
        }

        #expect(error?.code == .disk)
        #expect(error?.path.contains("missing") == true)
    }

    /// Changes every occurrence of a text in the file, behind the store's back.
    private func replace(_ old: String, by new: String) throws {
        var bytes = try contents(of: path)
        let (old, new) = (Array(old.utf8), Array(new.utf8))
        var count = 0
        for start in 0..<(bytes.count - old.count) where bytes[start..<(start + old.count)].elementsEqual(old) {
            bytes.replaceSubrange(start..<(start + old.count), with: new)
            count += 1
        }
        try #require(count > 0)
        try overwrite(path, with: bytes)
    }
}
