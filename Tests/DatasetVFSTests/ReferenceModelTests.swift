import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Glibc
import Synchronization
import Testing

@testable import DatasetVFS

/// Random operations on a store and on a file system over it, compared with a plain model after every step.
///
/// With no lifetime the file system has to show at every step what the store holds; with one, only what it held at some
/// time since it was last asked, and after a refresh exactly what it holds.
@Suite("Reference model")
struct ReferenceModelTests {
    private struct Reader {
        var handle: UInt64
        var inode: Inode
        var content: ReferenceContent
        /// The store keeps no old versions: once written to, only what is cached reads on.
        var isCurrent = true
        var path: ReferenceTree.Path
    }

    private struct Walk {
        let mount: Mounted
        let store: Gufe.MemoryStore
        let isStrict: Bool
        var generator: SeededGenerator
        var tree = ReferenceTree()
        var readers: [Reader] = []
        var numbers: [ReferenceTree.Path: Inode] = [:]
        /// What the kernel's pages of a number would hold: it drops them at an open that does not keep them.
        var pages: [Inode: ReferenceContent] = [:]

        mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }

        mutating func anyPath() -> ReferenceTree.Path {
            // A few see most of what happens, so that it happens to what is open.
            if below(3) > 0 { return ["x", "a/x", "a/deep/x"][below(3)] }
            let directory = ["", "a/", "b/", "a/deep/"][below(4)]
            return ReferenceTree.Path(directory + ["x", "y.csv", "z (2).csv", "é", "e\u{301}", "％", "q"][below(7)])
        }

        mutating func step() throws {
            switch below(14) {
            case 0...2: try write(anyPath())
            case 3: try delete(anyPath())
            case 4...6: try open(anyPath())
            case 7...8: try read()
            case 9...10: close()
            case 11: mount.time.advance(by: .seconds([1, 4, 6, 60][below(4)]))
            case 12: if below(10) == 0 { try remount() }
            default: try compare(anyPath())
            }
            if below(8) == 0 { try compareAll() }
        }

        mutating func write(_ path: ReferenceTree.Path) throws {
            let size = [0, 1, 5000, 65_536, 70_000, 200_000][below(6)]
            let content = ReferenceContent.pattern(seed: generator.next(), size: UInt64(size))
            try store.storeBytes(content.allBytes, at: Location(path.text))
            tree.addFile(path, content)
            touch(path)
        }

        mutating func delete(_ path: ReferenceTree.Path) throws {
            guard tree.content(of: path) != nil else { return }
            try store.delete(Location(path.text))
            tree.remove(path)
            touch(path)
            // What nothing leads through is no directory any more.
            for directory: ReferenceTree.Path in ["a/deep", "a", "b"] where tree.children(of: directory).isEmpty {
                tree.remove(directory)
            }
        }

        mutating func touch(_ path: ReferenceTree.Path) {
            for index in readers.indices where readers[index].path == path { readers[index].isCurrent = false }
        }

        mutating func open(_ path: ReferenceTree.Path) throws {
            if !isStrict { try refresh() }
            guard let content = tree.content(of: path) else {
                let answer = errno { () throws(VFSError) in try mount.open(path.text) }
                #expect(answer == ENOENT || answer == EISDIR, "open \(path) answered \(answer)")
                return
            }
            let (inode, file) = try mount.opened(path.text)
            #expect(
                try mount.vfs.status(of: inode, handle: file.handle, mount.context()).status.size == content.size
            )
            if file.keepsCache { #expect(pages[inode] == content, "\(path): the kernel would show old pages") }
            pages[inode] = content
            #expect(
                readers.allSatisfy { $0.inode != inode || $0.content == content },
                "\(path): two versions under one number share the kernel's pages"
            )
            readers.append(Reader(handle: file.handle, inode: inode, content: content, path: path))
        }

        mutating func read() throws {
            guard let reader = readers.randomElement(using: &generator) else { return }
            let offset = UInt64(below(Int(reader.content.size) + 10))
            do throws(VFSError) {
                let bytes = try mount.read(reader.handle, at: offset, below(100_000) + 1)
                #expect(reader.content.firstMismatch(bytes, at: offset) == nil, "\(reader.path) is a mix")
                #expect(!bytes.isEmpty || offset >= reader.content.size)
            } catch {
                // Deleted or replaced at the store, and that part was not read before.
                #expect(!reader.isCurrent && [ESTALE, ENOENT].contains(error.errno), "\(reader.path): \(error)")
            }
        }

        mutating func close() {
            guard !readers.isEmpty else { return }
            mount.vfs.release(readers.remove(at: below(readers.count)).handle)
        }

        mutating func remount() throws {
            while !readers.isEmpty { close() }
            pages = [:]
            try mount.remount()
        }

        /// Lists anew all that is or was a directory, from the top.
        func refresh() throws {
            for directory in ["", "a", "a/deep", "b"] {
                // With a lifetime the answer may be the last moment's: what is gone is ENOENT or ESTALE then.
                do throws(VFSError) {
                    try mount.set("user.datasetfs.refresh", of: directory)
                } catch {
                    #expect([ENOENT, ESTALE].contains(error.errno), "\(directory): \(error)")
                }
            }
        }

        mutating func compare(_ path: ReferenceTree.Path) throws {
            if !isStrict { try refresh() }
            let entry = try mount.lookup(path.text)
            switch tree[path] {
            case nil: #expect(entry == nil, "\(path) is not there")
            case .file(let content):
                #expect(entry?.status.kind == .regular && entry?.status.size == content.size, "\(path)")
            default: #expect(entry?.status.kind == .directory, "\(path)")
            }
        }

        mutating func compareAll() throws {
            if !isStrict { try refresh() }
            var live: Set<UInt64> = []
            for directory in [""] + tree.paths where directory.text.isEmpty || tree[directory] == .directory {
                let items = try mount.items(directory.text)
                #expect(items.map { ReferenceTree.Path($0.name) }.sorted() == tree.children(of: directory))
                for item in items {
                    #expect(live.insert(item.inode.rawValue).inserted, "\(item.name): a number is given once")
                    let path = directory.child(item.name)
                    let isRead = readers.contains { $0.inode == item.inode || $0.path == path }
                    if let known = numbers[path], !isRead, live.contains(known.rawValue) {
                        #expect(known == item.inode, "\(path) keeps its number")
                    }
                    numbers[path] = item.inode
                }
            }
            #expect(mount.vfs.files.count == readers.count)
            #expect(mount.vfs.directories.count == 0)
        }
    }

    @Test("Whatever happens, the tree shows what the store holds", arguments: [Duration.zero, .seconds(5)])
    func walk(lifetime: Duration) async throws {
        try await withSeed("walk, lifetime \(lifetime)") { generator in
            let seed = generator.next()
            let store = Gufe.MemoryStore(pageSize: 3)
            try await withMount(store, { $0.lifetime = lifetime }) { (mount) throws in
                var walk = Walk(
                    mount: mount,
                    store: store,
                    isStrict: lifetime == .zero,
                    generator: SeededGenerator(seed: seed)
                )
                for _ in 0..<1500 { try walk.step() }
                while !walk.readers.isEmpty { walk.close() }
                try walk.compareAll()
            }
        }
    }

    @Test("Many threads at once see only whole versions, while the store changes under them")
    func concurrent() async throws {
        try await withSeed { generator in
            let seeds = (0..<6).map { _ in generator.next() }
            let store = Gufe.MemoryStore()
            let paths = (0..<4).map { "d/f\($0)" }
            // A content says itself which one it is: all its bytes follow from its length.
            @Sendable func content(_ size: Int) -> ReferenceContent { .pattern(seed: UInt64(size), size: UInt64(size)) }
            for path in paths { try store.storeBytes(content(1000).allBytes, at: Location(path)) }
            try await withMount(store, { $0.lifetime = .milliseconds(1) }) { (mount) throws in
                let open = OpenSizes()
                onThreads(6) { index in
                    var generator = SeededGenerator(seed: seeds[index])
                    for _ in 0..<150 {
                        let path = paths[Int.random(in: 0..<4, using: &generator)]
                        switch index {
                        case 0:
                            let size = Int.random(in: 1...150_000, using: &generator)
                            try? store.storeBytes(content(size).allBytes, at: Location(path))
                            mount.time.advance(by: .milliseconds(1))
                        case 1:
                            #expect((try? mount.list("d"))?.count == 4)
                        default:
                            do throws(VFSError) {
                                let (inode, file) = try mount.opened(path)
                                defer { mount.vfs.release(file.handle) }
                                let bytes = try mount.read(file.handle)
                                #expect(content(bytes.count).firstMismatch(bytes) == nil, "\(path) is a mix")
                                let isAlone = open.enter(inode, size: bytes.count)
                                #expect(isAlone, "\(path): two versions under one number share the kernel's pages")
                                open.leave(inode)
                            } catch {
                                // The store keeps no old versions.
                                #expect(error.errno == ESTALE, "\(path): \(error)")
                            }
                        }
                    }
                }
                #expect(mount.vfs.files.count == 0)
            }
        }
    }
}

/// Who has which number open as what length.
private final class OpenSizes: Sendable {
    private let state = Mutex<[Inode: (size: Int, readers: Int)]>([:])

    /// - Returns: False when somebody has that number open as another length.
    func enter(_ inode: Inode, size: Int) -> Bool {
        state.withLock { state in
            let others = state[inode]
            state[inode] = (size, (others?.readers ?? 0) + 1)
            return others == nil || others?.size == size
        }
    }

    func leave(_ inode: Inode) {
        state.withLock { state in
            guard let others = state[inode] else { return }
            state[inode] = others.readers == 1 ? nil : (others.size, others.readers - 1)
        }
    }
}
