import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    /// The store has done what it was asked, and nobody has heard of it: the process died, or the answer was lost.
    @Suite("What was done unheard")
    struct Unheard {
        enum Kind: CaseIterable {
            case paths, numbers

            func store(holding text: String) throws -> any Store {
                switch self {
                case .paths:
                    let store = Gufe.MemoryStore()
                    try store.put(text, at: "f")
                    return store
                case .numbers:
                    let store = TreeStore()
                    store.add("f", .text(text))
                    return store
                }
            }
        }

        /// A mount that has just died, with one replacement at the store that it did not hear of; nothing goes to the store
        /// until the body opens the gate.
        private func afterCrash(_ kind: Kind, _ body: @escaping @Sendable (Mounted, Gate) throws -> Void) async throws {
            try await withMount(.back, kind.store(holding: "old")) { (mount) throws in
                let gate = Gate()
                defer { gate.open() }
                mount.store.script(.replace, .holdAfter(gate))
                try mount.put("f", "new")
                #expect(gate.waitForArrivals(1))
                #expect(try mount.atStore()["f"] == "new")
                mount.store.heal()
                let later = Gate()
                defer { later.open() }
                for call in [FaultyStore.Call.replace, .remove, .create] { mount.store.script(call, .hold(later)) }
                try mount.crash()
                try body(mount, later)
            }
        }

        @Test("A file whose new content the store has unheard can be removed", arguments: Kind.allCases)
        func removed(_ kind: Kind) async throws {
            try await afterCrash(kind) { (mount, gate) throws in
                let call = Behind { errno { () throws(VFSError) in try mount.unlink("f") } }
                gate.open()
                #expect(call.value() == 0)
                try mount.drain()
                #expect(try mount.atStore().paths.isEmpty)
                #expect(try mount.list().isEmpty)
            }
        }

        @Test(
            "It can be written anew, with fewer or more bytes, and is no conflict",
            arguments: Kind.allCases,
            ["2", "newer"]
        )
        func written(_ kind: Kind, _ text: String) async throws {
            try await afterCrash(kind) { (mount, gate) throws in
                try mount.put("f", text)
                gate.open()
                try mount.drain()
                #expect(try mount.atStore()["f"] == text)
                #expect(try mount.atStore().paths == ["f"])
            }
        }

        @Test("Another file can take its name", arguments: Kind.allCases)
        func replaced(_ kind: Kind) async throws {
            try await afterCrash(kind) { (mount, gate) throws in
                try mount.put("f.tmp", "taken over")
                let call = Behind { errno { () throws(VFSError) in try mount.rename("f.tmp", "f") } }
                gate.open()
                #expect(call.value() == 0)
                try mount.drain()
                #expect(try mount.atStore()["f"] == "taken over")
                #expect(try mount.atStore().paths == ["f"])
            }
        }

        @Test("It can get another name", arguments: Kind.allCases)
        func renamed(_ kind: Kind) async throws {
            try await afterCrash(kind) { (mount, gate) throws in
                let call = Behind { errno { () throws(VFSError) in try mount.rename("f", "g") } }
                gate.open()
                #expect(call.value() == 0)
                try mount.drain()
                #expect(try mount.atStore()["g"] == "new")
                #expect(try mount.atStore().paths == ["g"])
            }
        }

        @Test(
            "A creation that the store has unheard is no conflict when the file is written anew",
            arguments: ["2", "newer"]
        )
        func created(_ text: String) async throws {
            for base in [Gufe.MemoryStore(), TreeStore()] as [any Store] {
                try await withMount(.back, base) { (mount) throws in
                    let gate = Gate()
                    defer { gate.open() }
                    mount.store.script(.create, .holdAfter(gate))
                    try mount.put("f", "one")
                    #expect(gate.waitForArrivals(1))
                    mount.store.heal()
                    try mount.crash()
                    try mount.put("f", text)
                    try mount.drain()
                    #expect(try mount.atStore()["f"] == text)
                    #expect(try mount.atStore().paths == ["f"])
                }
            }
        }

        @Test(
            "A file that was made in a new directory and never closed is nobody's, also once the directory is published"
        )
        func neverClosed() async throws {
            try await withMount(.back, Gufe.MemoryStore()) { (mount) throws in
                try mount.mkdir("d")
                let handle = try mount.open("d/f", O_WRONLY | O_CREAT)
                try mount.write(handle, "text")
                #expect(eventually { (try? mount.atStore().paths) == ["d"] })
                #expect(eventually { (try? mount.queue().isEmpty) == true })
                try mount.crash()
                #expect(try mount.list("d").isEmpty)
                try mount.drain()
                #expect(try mount.atStore().paths == ["d"])
            }
        }

        @Test("What was kept while its base was still being fetched has all of it before the store loses that base")
        func bases() async throws {
            let content = ReferenceContent.pattern(seed: 3, size: 400_000)
            let tree = TreeStore(TreeStore.Options(keepsOldVersions: false))
            tree.add("f", content)
            let writing = Mounted.Writing(durability: .back, inlineLimit: 0)
            try await withMount(tree, keepsBlocks: false, writing: writing) { (mount) throws in
                let (reading, replaced) = (Gate(), Gate())
                defer { for gate in [reading, replaced] { gate.open() } }
                mount.store.script(.read, .hold(reading), times: nil)
                mount.store.script(.replace, .holdAfter(replaced))
                try mount.patch("f", "first", at: 100)
                #expect(reading.waitForArrivals(1))
                try mount.patch("f", "second", at: 200_000)
                reading.open()
                #expect(replaced.waitForArrivals(1))
                mount.store.heal()
                try mount.crash(deletingCache: true)
                replaced.open()
                let expected = content.writing(Array("first".utf8), at: 100).writing(Array("second".utf8), at: 200_000)
                #expect(expected.firstMismatch(try mount.contents("f")) == nil)
                try mount.drain()
                #expect(try mount.atStore().paths == ["f"])
                guard case .file(let bytes) = try mount.atStore().things["f"]?.first else { return }
                #expect(expected.firstMismatch(bytes) == nil)
            }
        }
    }
}
