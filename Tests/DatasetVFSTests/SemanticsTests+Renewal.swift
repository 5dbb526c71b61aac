import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    @Suite("Renewal")
    struct Renewal {
        @Test("A directory whose listing the store does not find is gone")
        func directoryGone() async throws {
            let tree = TreeStore()
            let directory = tree.directory("d")
            tree.add("f", .text("hello"), in: directory)
            try await withMount(tree) { (mount) throws in
                #expect(try mount.list("d") == ["f"])
                tree.remove(directory)
                mount.time.advance(by: .seconds(6))
                let (top, inside) = (Gate(), Gate())
                defer { top.open() }
                mount.store.script(.children, .hold(top), at: .root)
                mount.store.script(.children, .hold(inside), at: Location(directory))

                #expect(
                    try mount.list("d") == ["f"],
                    "What is known is shown; the store is asked behind the reader's back."
                )
                inside.open()

                #expect(mount.kernel.waits(for: .name("d", parent: 1)))
                top.open()
                #expect(try mount.lookup("d") == nil)
            }
        }

        @Test(
            "A listing past its lifetime is renewed behind the reader's back, once, and the kernel hears what changed"
        )
        func renewed() async throws {
            let tree = TreeStore()
            let (old, kept) = (tree.add("old"), tree.add("kept", .text("1")))
            try await withMount(tree) { (mount) throws in
                #expect(try mount.list() == ["old", "kept"])
                let inode = try mount.inode("kept")
                tree.remove(old)
                tree.add("new")
                tree.write(kept, .text("22"))
                mount.time.advance(by: .seconds(6))
                let gate = Gate()
                mount.store.script(.children, .hold(gate))

                for _ in 0..<5 { #expect(try mount.list() == ["old", "kept"]) }
                gate.open()

                #expect(mount.kernel.waits(for: .content(inode.rawValue)))
                #expect(
                    Set(mount.kernel.notices) == [
                        .name("new", parent: 1), .name("old", parent: 1), .content(inode.rawValue),
                    ]
                )
                #expect(try mount.list() == ["kept", "new"])
                #expect(mount.store.calls(.children) == 2)
            }
        }

        @Test("A program that only ever stats a name hears of changes too")
        func statted() async throws {
            let tree = TreeStore()
            let id = tree.add("f", .text("1"))
            try await withMount(tree) { (mount) throws in
                #expect(try mount.entry("f").status.size == 1)
                tree.write(id, .text("22"))
                mount.time.advance(by: .seconds(6))
                #expect(eventually { (try? mount.entry("f").status.size) == 2 })
                tree.remove(id)
                mount.time.advance(by: .seconds(6))
                #expect(eventually { (try? mount.lookup("f")) == .some(nil) })
            }
        }

        // never from inside a request and never under a lock: whoever is notified may ask at once.
        @Test("The kernel may ask at once about what it is told, on the thread that tells it")
        func reentrant() async throws {
            let tree = TreeStore()
            for index in 0..<20 { tree.add("f\(index)", .text("x")) }
            let asked = Gate()
            let holder = Holder()
            let kernel = RecordingKernel { _ in
                guard let mount = holder.mount else { return }
                _ = try? mount.list()
                _ = try? mount.lookup("f1")
                asked.pass(until: Cancellation(deadline: .after(.zero)))
            }
            try await withMount(tree, kernel: kernel) { (mount) throws in
                holder.mount = mount
                let handle = try mount.open("f0")
                for index in 0..<20 { tree.rename("id-\(index + 1)", to: "g\(index)") }
                try mount.set("user.datasetfs.refresh", of: "")
                #expect(asked.waitForArrivals(40))
                mount.vfs.release(handle)
                holder.mount = nil
            }
        }
    }
}

/// Lets a kernel's callback find the mount that is made after it.
private final class Holder: Sendable {
    private let state = Monitor<Mounted?>(nil)

    var mount: Mounted? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
