import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    @Suite("Tenets")
    struct Tenets {
        private static let notAnswers: [StoreError.Code] = [
            .timedOut, .serverFailure, .throttled, .unreachable, .unresolved, .reset, .forbidden, .unauthenticated,
            .offline,
        ]

        // Old or new, never a mix. A reader sees one version of a file from open to close.
        @Test("Old or new, never a mix")
        func oneVersion() async throws {
            let tree = TreeStore()
            let old = ReferenceContent.pattern(seed: 1, size: 300_000)
            let new = ReferenceContent.pattern(seed: 2, size: 310_000)
            let id = tree.add("f", old)
            try await withMount(tree) { (mount) throws in
                let handle = try mount.open("f")
                let before = try mount.inode("f")
                #expect(old.firstMismatch(try mount.read(handle, at: 0, 1000)) == nil)

                tree.write(id, new)
                mount.time.advance(by: .seconds(6))

                // Who opens now gets the new bytes, under a number of its own.
                #expect(new.firstMismatch(try mount.contents("f")) == nil)
                #expect(try mount.inode("f") != before)
                // The old reader goes on with the old ones, and with the old size.
                #expect(old.firstMismatch(try mount.read(handle, at: 200_000, 1 << 20), at: 200_000) == nil)
                #expect(try mount.vfs.status(of: before, handle: handle, mount.context()).status.size == 300_000)
                mount.vfs.release(handle)
            }
        }

        // Unknown is not absent. Only the store's own "not found" makes a name vanish. A timeout, a 5xx, a dropped
        // connection never removes, empties or truncates anything.
        @Test("Unknown is not absent", arguments: notAnswers)
        func unknown(code: StoreError.Code) async throws {
            let tree = TreeStore()
            let directory = tree.directory("d")
            tree.add("f", .text("hello"), in: directory)
            try await withMount(tree) { (mount) throws in
                #expect(try mount.list("d") == ["f"])
                #expect(try mount.text("d/f") == "hello")
                for call in FaultyStore.Call.allCases {
                    mount.store.script(call, .fail(StoreError(code, "no answer")), times: nil)
                }

                for _ in 0..<3 {
                    mount.time.advance(by: .seconds(600))
                    #expect(try mount.list("d") == ["f"])
                    #expect(try mount.entry("d/f").status.size == 5)
                    // Whether a name that was never seen is there, nobody can say.
                    let answer = errno { () throws(VFSError) in try mount.lookup("d/new") }
                    #expect(answer != 0 && answer != ENOENT)
                }

                mount.store.heal()
                mount.time.advance(by: .seconds(600))
                #expect(try mount.text("d/f") == "hello")
                #expect(try mount.lookup("d/new") == nil)
            }
        }

        // Only the store's own "not found" makes a name vanish.
        @Test("A name that a listing is just bringing is not denied by that listing")
        func firstLookups() async throws {
            let tree = TreeStore()
            for index in 0..<150 { tree.add("f", .text("x"), in: tree.directory("d\(index)")) }
            try await withMount(tree) { (mount) throws in
                onThreads(8) { _ in
                    for index in 0..<150 { #expect((try? mount.lookup("d\(index)/f")) != .some(nil)) }
                }
            }
        }

        // Only the store's own "not found" makes a name vanish.
        @Test("What the store says is gone is gone")
        func gone() async throws {
            let tree = TreeStore()
            let id = tree.add("f", .text("hello"))
            try await withMount(tree) { (mount) throws in
                #expect(try mount.list() == ["f"])
                let inode = try mount.inode("f")
                tree.remove(id)
                mount.time.advance(by: .seconds(6))

                #expect(
                    errno { () throws(VFSError) in try mount.vfs.open(inode, flags: O_RDONLY, mount.context()) }
                        == ENOENT
                )

                #expect(try mount.lookup("f") == nil)
                #expect(mount.kernel.waits(for: .name("f", parent: 1)))
            }
        }

        // Every operation has a deadline.
        @Test("A store that never answers is given up at the deadline; what nobody waits for is given up too")
        func deadlines() async throws {
            let tree = TreeStore()
            let id = tree.add("f", .pattern(seed: 1, size: 64 << 20))
            try await withMount(tree) { (mount) throws in
                _ = try mount.list()
                let handle = try mount.open("f")
                let gate = Gate()
                for call in FaultyStore.Call.allCases { mount.store.script(call, .hold(gate), times: nil) }
                let short = { mount.context(within: .milliseconds(20)) }
                let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 1)
                defer { unsafe buffer.deallocate() }

                #expect(
                    errno { () throws(VFSError) in try unsafe mount.vfs.read(handle, at: 0, into: buffer, short()) }
                        == ETIMEDOUT
                )
                mount.time.advance(by: .seconds(20))
                // The mount's own look whether the store is back may be under way: nobody else waits for it then.
                let second = errno { () throws(VFSError) in try mount.vfs.lookup("x", in: .root, short()) }
                #expect(second == ETIMEDOUT || second == ENETUNREACH)
                mount.time.advance(by: .seconds(20))
                #expect(try mount.list() == ["f"], "What is known never waits.")
                _ = id
                // Closing does not wait for what hangs: `withMount` shuts down with the gate still closed.
            }
        }

        // `statfs`, `ls` of what is already known and reads of what is cached never wait for the network.
        @Test("What is known and cached never waits for the network")
        func neverWaits() async throws {
            let tree = TreeStore()
            tree.add("f", .text("hello"))
            try await withMount(tree) { (mount) throws in
                #expect(try mount.text("f") == "hello")
                let handle = try mount.open("f")
                for call in FaultyStore.Call.allCases { mount.store.script(call, .hold(Gate()), times: nil) }

                #expect(mount.vfs.statistics().blocks > 0)
                #expect(try mount.list() == ["f"])
                mount.time.advance(by: .seconds(60))
                #expect(try mount.list() == ["f"])
                #expect(try mount.read(handle) == Array("hello".utf8))
                #expect(try mount.entry("f").status.size == 5)
            }
        }

        // Every errno that came from a store leaves a record (path, operation, HTTP status, request id, remedy).
        @Test("Every errno that came from a store leaves a record")
        func records() async throws {
            let tree = TreeStore()
            let directory = tree.directory("d")
            tree.add("f", .text("hello"), in: directory)
            try await withMount(tree) { (mount) throws in
                _ = try mount.list("d")
                let error = StoreError(
                    .forbidden,
                    "not yours",
                    remedy: "Ask for access.",
                    httpStatus: 403,
                    requestID: "r-1"
                )
                mount.store.script(.read, .fail(error), times: nil)

                #expect(errno { () throws(VFSError) in try mount.contents("d/f") } == EACCES)

                let record = try #require(mount.vfs.errors.last(at: "/d/f"))
                #expect(record.operation == "read" && record.errno == EACCES && record.cause == error)
                let line = try mount.text(".datasetfs/errors")
                for part in ["/d/f", "read", "not yours", "Ask for access.", "403", "r-1", "forbidden"] {
                    #expect(line.contains(part), "\(part)")
                }
                #expect(try mount.attribute("user.datasetfs.error", of: "d/f") == "read: not yours")
                #expect(try mount.attribute("user.datasetfs.state", of: "d/f") == "error")
                // Once the store has spoken of it again, that is history.
                mount.store.heal()
                mount.time.advance(by: .seconds(6))
                #expect(try mount.text("d/f") == "hello")
                #expect(try mount.attribute("user.datasetfs.state", of: "d/f") == "cached")
            }
        }

        @Test("A name that is absent, and a call that was interrupted, leave no record")
        func noRecord() async throws {
            try await withMount(TreeStore()) { (mount) throws in
                #expect(try mount.lookup("nothing") == nil)
                let cancellation = Cancellation()
                cancellation.cancel()
                mount.store.script(.children, .hold(Gate()), times: nil)
                mount.time.advance(by: .seconds(60))
                let answer = errno { () throws(VFSError) in
                    try mount.vfs.lookup("x", in: .root, CallContext(cancellation: cancellation))
                }
                #expect(answer == EINTR)
                #expect(mount.vfs.errors.all.isEmpty)
            }
        }
    }
}
