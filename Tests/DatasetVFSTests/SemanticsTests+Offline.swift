import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension Mounted {
    /// No call reaches the store any more, until it is healed.
    fileprivate func lose() {
        for call in FaultyStore.Call.allCases {
            store.script(call, .fail(StoreError(.unreachable, "no route")), times: nil)
        }
    }

    fileprivate var health: String { (try? text(".datasetfs/status")) ?? "" }
}

extension SemanticsTests {
    // Offline: what is cached reads as always; what is not answers ENETUNREACH at once; writes go to the journal.
    @Suite("Offline")
    struct Offline {
        private static let old = [UInt8](repeating: 7, count: 200_000)

        /// A store with a directory of known names: of two files one is cached.
        private func makeStore() -> TreeStore {
            let store = TreeStore()
            let directory = store.directory("d")
            store.add("cached", .bytes(Self.old), in: directory)
            store.add("known", .text("text"), in: directory)
            store.add("far", .text("far"), in: directory)
            return store
        }

        private func learn(_ mount: Mounted) throws {
            _ = try mount.list()
            #expect(try mount.list("d").sorted() == ["cached", "far", "known"])
            _ = try mount.contents("d/cached")
            for name in ["known", "far"] { _ = try mount.entry("d/\(name)") }
        }

        @Test(
            "With listings that are long out of date everything can be made, changed and renamed",
            arguments: [0, 3600]
        )
        func writing(seconds: Int) async throws {
            let store = makeStore()
            try await withMount(.back, store) { (mount) throws in
                try learn(mount)
                mount.time.advance(by: .seconds(seconds))
                mount.lose()

                try mount.put("d/known", "overwritten")
                try mount.put("d/new", "new")
                let appending = try mount.open("d/cached", O_WRONLY | O_APPEND)
                try mount.append(appending, "more")
                try mount.close(appending)
                try mount.patch("d/cached", "part", at: 100_000)
                try mount.mkdir("d/sub")
                try mount.put("d/sub/x", "x")
                try mount.rename("d/known", "d/sub/known")
                try mount.rename("d/sub/x", "d/x")
                try mount.unlink("d/new")

                var expected = Self.old + Array("more".utf8)
                expected.replaceSubrange(100_000..<100_004, with: Array("part".utf8))
                #expect(try mount.contents("d/cached") == expected, "What is cached of it still reads.")
                #expect(try mount.text("d/sub/known") == "overwritten")
                #expect(errno { () throws(VFSError) in try mount.contents("d/far") } == ENETUNREACH)
                #expect(try mount.list("d").sorted() == ["cached", "far", "sub", "x"])

                mount.store.heal()
                #expect(
                    eventually {
                        mount.time.advance(by: .seconds(1))
                        return (try? mount.queue().isEmpty) == true
                    }
                )
                let view = try mount.atStore()
                #expect(view.things["d/cached"] == [.file(expected)])
                #expect(view["d/sub/known"] == "overwritten" && view["d/x"] == "x" && view["d/far"] == "far")
            }
        }

        @Test(
            "What a listing told without its version is overwritten as well; should it be another by then, both are kept",
            arguments: [false, true]
        )
        func told(isChanged: Bool) async throws {
            let tree = TreeStore(TreeStore.Options(tellsContent: false))
            let directory = tree.directory("d")
            let known = tree.add("known.txt", .text("text"), in: directory)
            tree.add("saved.txt", .text("text"), in: directory)
            try await withMount(.back, tree) { (mount) throws in
                mount.store.script(.children, .size(4), times: nil)
                #expect(try mount.list("d") == ["known.txt", "saved.txt"])
                mount.time.advance(by: .seconds(60))
                mount.store.heal()
                mount.lose()

                try mount.put("d/known.txt", "overwritten")
                try mount.put("d/new", "saved")
                try mount.rename("d/new", "d/saved.txt")
                #expect(try mount.text("d/known.txt") == "overwritten")
                #expect(try mount.text("d/saved.txt") == "saved")
                if isChanged { tree.write(known, .text("theirs")) }

                mount.store.heal()
                #expect(
                    eventually {
                        mount.time.advance(by: .seconds(1))
                        return (try? mount.queue().isEmpty) == true
                    }
                )
                let view = try mount.atStore()
                #expect(view["d/known.txt"] == (isChanged ? "theirs" : "overwritten"))
                #expect(view["d/saved.txt"] == "saved")
                let copies = view.paths.filter { $0.contains("conflict") }
                #expect(copies.compactMap { view[$0] } == (isChanged ? ["overwritten"] : []))
            }
        }

        // in `through` mode `close` fails with ENETUNREACH and the staged content is kept as `error`, retried when the store is
        // back
        @Test(
            "A through mount takes what is written, says so at close, keeps it as an error, and publishes it by itself"
        )
        func through() async throws {
            let store = makeStore()
            try await withMount(.through, store) { (mount) throws in
                try learn(mount)
                mount.time.advance(by: .seconds(60))
                mount.lose()
                #expect(errno { () throws(VFSError) in try mount.list("nowhere") } != 0)

                for name in ["d/new", "d/known"] {
                    let handle = try mount.open(name, O_WRONLY | O_CREAT | O_TRUNC)
                    try mount.write(handle, "kept")
                    #expect(errno { () throws(VFSError) in try mount.close(handle) } == ENETUNREACH)
                    #expect(try mount.state(name) == "error")
                    #expect(try mount.text(name) == "kept")
                }
                #expect(errno { () throws(VFSError) in try mount.mkdir("d/sub") } == ENETUNREACH)
                #expect(try mount.lookup("d/sub") == nil, "What is waited for and was not made is not there.")

                mount.store.heal()
                mount.time.advance(by: .seconds(15))
                // Nobody asks for anything: the mount finds out by itself and goes on.
                #expect(eventually { (try? mount.atStore())?["d/new"] == "kept" })
                #expect(eventually { (try? mount.atStore())?["d/known"] == "kept" })
                #expect(eventually { (try? mount.queue().isEmpty) == true })
            }
        }

        @Test("A mount that nobody uses finds out by itself that the store is back, with one cheap question at a time")
        func idle() async throws {
            let tree = TreeStore()
            tree.directory("d")
            try await withMount(tree) { (mount) throws in
                _ = try mount.list()
                #expect(mount.health.contains("online") && !mount.health.contains("offlineSince"))
                mount.lose()
                #expect(errno { () throws(VFSError) in try mount.list("d") } == EHOSTUNREACH)
                #expect(mount.health.contains("\"health\" : \"offline\""))
                #expect(mount.health.contains("\"offlineSince\" : \"2026-01-01T00:00:00"))

                let (before, all) = (mount.store.calls(.node), mount.calls)
                for (index, pause) in [1, 2, 4, 8, 15, 15, 15].enumerated() {
                    mount.time.advance(by: .seconds(pause) - .milliseconds(1))
                    usleep(10_000)
                    #expect(mount.store.calls(.node) == before + index)
                    mount.time.advance(by: .milliseconds(1))
                    #expect(eventually { mount.store.calls(.node) == before + index + 1 })
                    #expect(eventually { mount.vfs.gate.state.withLock { !$0.connectivity.isProbing } })
                }
                #expect(mount.calls == all + 7)

                mount.store.heal()
                mount.time.advance(by: .seconds(15))
                #expect(eventually { mount.health.contains("online") })
                #expect(!mount.health.contains("offlineSince"))
                mount.time.advance(by: .seconds(3600))
                usleep(10_000)
                #expect(mount.calls == all + 8, "Nobody is asked while all is well.")
            }
        }

        @Test("The end of a mount waits for no question about the store")
        func ending() async throws {
            let tree = TreeStore()
            try await withMount(tree) { (mount) throws in
                let (gate, time) = (Gate(), SystemTime())
                mount.lose()
                #expect(errno { () throws(VFSError) in try mount.list() } == EHOSTUNREACH)
                mount.store.heal()
                mount.store.script(.node, .hold(gate), times: nil)
                mount.time.advance(by: .seconds(1))
                #expect(gate.waitForArrivals(1))

                let began = time.now()
                mount.shutDown()
                #expect(time.now() - began < .seconds(1))
            }
        }

        @Test(
            "A mount begins without the store where names are known, and takes what is written",
            arguments: [false, true]
        )
        func beginning(hasChanges: Bool) async throws {
            let store = makeStore()
            try await withMount(.back, store) { (mount) throws in
                try learn(mount)
                mount.lose()
                if hasChanges { try mount.put("d/before", "before") }
                mount.time.advance(by: .seconds(60))
                try mount.remount()

                #expect(mount.vfs.knowsRoot)
                #expect(try mount.list("d").sorted() == (hasChanges ? ["before"] : []) + ["cached", "far", "known"])
                #expect(try mount.contents("d/cached") == Self.old)
                try mount.put("d/after", "after")
                try mount.put("d/known", "after")
                #expect(try mount.text("d/after") == "after")

                mount.store.heal()
                #expect(
                    eventually {
                        mount.time.advance(by: .seconds(1))
                        return (try? mount.queue().isEmpty) == true
                    }
                )
                let view = try mount.atStore()
                #expect(view["d/after"] == "after" && view["d/known"] == "after")
                #expect(view["d/before"] == (hasChanges ? "before" : nil))
            }
        }
    }
}
