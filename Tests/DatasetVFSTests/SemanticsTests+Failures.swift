import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    @Suite("What cannot be published")
    struct Failures {
        // 401 after one refresh, 403: EACCES … quota: EDQUOT … 422 or refused by validation: EINVAL
        @Test(
            "A refusal parks the file with its reason, keeps its bytes, and is not tried again until somebody asks",
            arguments: [
                (StoreError.Code.forbidden, EACCES), (.invalid, EINVAL), (.quotaExceeded, EDQUOT), (.tooLarge, EFBIG),
                (.unauthenticated, EACCES),
            ]
        )
        func refused(_ code: StoreError.Code, _ number: Int32) async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.through, store) { (mount) throws in
                mount.store.script(.create, .fail(StoreError(code, "not you", remedy: "Ask.")), times: nil)
                #expect(errno { () throws(VFSError) in try mount.put("f", "kept") } == number)
                #expect(try mount.text("f") == "kept")
                #expect(try mount.state("f") == "error")
                #expect(try mount.queue().first?.contains("not you") == true)
                mount.time.advance(by: .seconds(36_000))
                #expect(mount.store.calls(.create) == 1)
                try mount.crash(deletingCache: true)
                #expect(try mount.text("f") == "kept")
                #expect(try mount.state("f") == "error")
                #expect(mount.store.calls(.create) == 1)
                #expect(errno { () throws(VFSError) in try mount.drain(within: .seconds(5)) } == EBUSY)
                mount.store.heal()
                try mount.set("user.datasetfs.retry", of: "f")
                try mount.drain()
                #expect(try mount.atStore()["f"] == "kept")
            }
        }

        @Test("What is given up shows what the store has again, or nothing")
        func discarded() async throws {
            let store = Gufe.MemoryStore()
            try store.put("old", at: "f")
            try await withMount(.back, store) { (mount) throws in
                let no = StoreFault.fail(StoreError(.forbidden, "no"))
                mount.store.script(.create, no, times: nil)
                mount.store.script(.replace, no, times: nil)
                try mount.put("f", "new")
                try mount.put("g", "new")
                #expect(eventually { (try? mount.state("f")) == "error" && (try? mount.state("g")) == "error" })
                try mount.set("user.datasetfs.discard", of: "f")
                try mount.set("user.datasetfs.discard", of: "g")
                #expect(try mount.text("f") == "old")
                #expect(try mount.lookup("g") == nil)
                #expect(try mount.queue().isEmpty)
                try mount.crash()
                #expect(try mount.text("f") == "old")
                #expect(try mount.list() == ["f"])
            }
        }

        // 429, 5xx, reset, DNS: retried with exponential backoff
        @Test("What cannot be reached is tried again after longer and longer pauses, for ever")
        func retried() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.back, store) { (mount) throws in
                mount.store.script(.create, .fail(StoreError(.serverFailure, "down")), times: nil)
                try mount.put("f", "kept")
                #expect(eventually { mount.store.calls(.create) == 1 && (try? mount.state("f")) == "error" })
                for (index, pause) in [1, 2, 4, 8, 16, 32, 60, 60].enumerated() {
                    mount.time.advance(by: .seconds(pause) - .milliseconds(1))
                    usleep(10_000)
                    #expect(mount.store.calls(.create) == index + 1)
                    mount.time.advance(by: .milliseconds(1))
                    #expect(
                        eventually { mount.store.calls(.create) == index + 2 && (try? mount.state("f")) == "error" }
                    )
                }
                mount.store.heal()
                mount.time.advance(by: .seconds(60))
                try mount.drain()
                #expect(try mount.atStore()["f"] == "kept")
                #expect(try mount.queue().isEmpty)
            }
        }

        // in `through` mode `close` fails with ENETUNREACH and the staged content is kept as `error`, retried when the
        // store is back
        @Test(
            "Offline, a close of a through mount fails with ENETUNREACH; the content is published when the store is back"
        )
        func offline() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.through, store) { (mount) throws in
                #expect(try mount.list().isEmpty)
                mount.store.script(.create, .fail(StoreError(.unreachable, "no route")), times: nil)
                #expect(errno { () throws(VFSError) in try mount.put("f", "first") } == EHOSTUNREACH)
                #expect(errno { () throws(VFSError) in try mount.put("g", "second") } == ENETUNREACH)
                #expect(try mount.text("g") == "second")
                #expect(try mount.state("g") == "error")
                mount.store.heal()
                mount.time.advance(by: .seconds(120))
                #expect(
                    eventually {
                        mount.time.advance(by: .seconds(1))
                        return (try? mount.queue().isEmpty) == true
                    }
                )
                let view = try mount.atStore()
                #expect(view["f"] == "first" && view["g"] == "second")
            }
        }

        @Test("Offline, a back mount takes everything, and brings it to the store when that is back")
        func offlineBack() async throws {
            let store = Gufe.MemoryStore()
            try store.put("old", at: "f")
            try await withMount(.back, store) { (mount) throws in
                #expect(try mount.text("f") == "old")
                for call in FaultyStore.Call.allCases {
                    mount.store.script(call, .fail(StoreError(.unreachable, "no route")), times: nil)
                }
                try mount.put("g", "new")
                try mount.mkdir("d")
                try mount.put("d/x", "x")
                try mount.put("f", "changed")
                try mount.rename("d/x", "d/y")
                try mount.unlink("g")
                #expect(try mount.text("f") == "changed")
                #expect(try mount.list("d") == ["y"])
                try mount.crash()
                #expect(try mount.text("d/y") == "x")
                mount.store.heal()
                #expect(
                    eventually {
                        mount.time.advance(by: .seconds(1))
                        return (try? mount.queue().isEmpty) == true
                    }
                )
                let view = try mount.atStore()
                #expect(view["f"] == "changed" && view["d/y"] == "x")
                #expect(view.paths == ["d", "d/y", "f"])
            }
        }

        @Test("A removal that was refused has no path: it is tried again, or given up, by its number in the queue")
        func byNumber() async throws {
            let store = Gufe.MemoryStore()
            try store.put("text", at: "f")
            try store.put("more", at: "g")
            try await withMount(.back, store) { (mount) throws in
                mount.store.script(.remove, .fail(StoreError(.forbidden, "no")), times: 2)
                try mount.unlink("f")
                #expect(eventually { (try? mount.queue().first?.contains("\"error\"")) == true })
                try mount.set("user.datasetfs.discard", of: "", to: "id:\(try mount.numberInQueue())")
                #expect(try mount.queue().isEmpty)
                #expect(eventually { (try? mount.text("f")) == "text" })
                try mount.unlink("g")
                #expect(eventually { (try? mount.queue().first?.contains("\"error\"")) == true })
                #expect(
                    errno { () throws(VFSError) in try mount.set("user.datasetfs.retry", of: "", to: "id:99999") }
                        == ENODATA
                )
                #expect(
                    errno { () throws(VFSError) in try mount.set("user.datasetfs.retry", of: "f", to: "id:1") }
                        == EINVAL
                )
                try mount.set("user.datasetfs.retry", of: "", to: "id:\(try mount.numberInQueue())")
                try mount.drain()
                #expect(try mount.atStore().paths == ["f"])
            }
        }

        @Test("A drain ends when what is left waits for what was refused")
        func blocked() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.back, store) { (mount) throws in
                mount.store.script(.create, .fail(StoreError(.forbidden, "no")), named: "d", times: nil)
                try mount.mkdir("d")
                try mount.put("d/x", "x")
                try mount.put("y", "y")
                let waiter = Behind { errno { () throws(VFSError) in try mount.drain(within: .seconds(25)) } }
                #expect(waiter.value(within: .seconds(10)) == EBUSY)
                #expect(try mount.atStore().paths == ["y"])
                mount.store.heal()
                try mount.set("user.datasetfs.retry", of: "")
                try mount.drain()
                #expect(try mount.atStore().paths == ["d", "d/x", "y"])
            }
        }

        // Every errno that came from a store leaves a record
        @Test("A description that the store does not take leaves what was written meanwhile alone")
        func describedMeanwhile() async throws {
            let store = Gufe.MemoryStore()
            try store.put("old", at: "f")
            try await withMount(.back, store) { (mount) throws in
                let gate = Gate()
                defer { gate.open() }
                mount.store.script(.setAttributes, .hold(gate))
                mount.store.script(.setAttributes, .fail(StoreError(.forbidden, "no")), times: nil)
                mount.store.script(.replace, .fail(StoreError(.serverFailure, "down")), times: nil)
                let setter = Behind {
                    errno { () throws(VFSError) in try mount.set("user.description", of: "f", to: "text") }
                }
                #expect(gate.waitForArrivals(1))
                try mount.put("f", "new")
                gate.open()
                _ = setter.value(within: .seconds(10))
                #expect(try mount.text("f") == "new")
                mount.store.heal()
                mount.time.advance(by: .seconds(3600))
                try mount.drain()
                #expect(try mount.atStore()["f"] == "new")
            }
        }
    }
}
