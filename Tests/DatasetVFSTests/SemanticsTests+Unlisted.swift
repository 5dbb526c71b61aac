import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    @Suite("What no listing shows")
    struct Unlisted {
        // Datasets the listing cannot find still open by name or id: `cd mnt/<dataset-id>` works and stays listed from
        // then on.
        @Test("Datasets the listing cannot find still open by name or id")
        func unlisted() async throws {
            let tree = TreeStore(TreeStore.Options(listsEverything: false))
            tree.directory("Shown")
            let hidden = tree.directory("Hidden one", isListed: false)
            tree.add("f", .text("x"), in: hidden)
            try await withMount(tree) { (mount) throws in
                #expect(try mount.list() == ["Shown"])

                #expect(try mount.text("Hidden one/f") == "x")
                #expect(try mount.list() == ["Shown", "Hidden one"])
                mount.time.advance(by: .seconds(6))
                try mount.set("user.datasetfs.refresh", of: "")
                #expect(try mount.list() == ["Shown", "Hidden one"])
                try mount.remount()
                #expect(try mount.list() == ["Shown", "Hidden one"])

                // Its id is one more way to the same directory.
                #expect(try mount.inode(hidden) == mount.inode("Hidden one"))
                #expect(try mount.list() == ["Shown", "Hidden one"])
            }
        }

        // Datasets the listing cannot find (one whose search lags)
        @Test("A dataset entered by its id keeps its inode when the listing finds it")
        func lags() async throws {
            let tree = TreeStore(TreeStore.Options(listsEverything: false))
            let id = tree.directory("Late", isListed: false)
            try await withMount(tree) { (mount) throws in
                _ = try mount.list()
                let inode = try mount.inode(id)
                #expect(try mount.list() == [id])
                tree.list(id)

                try mount.set("user.datasetfs.refresh", of: "")

                #expect(try mount.list() == ["Late"])
                #expect(try mount.inode("Late") == inode)
                #expect(try mount.inode(id) == inode, "Who went in by the id is not put out.")
                #expect(mount.kernel.waits(for: .name("Late", parent: 1)))
                #expect(!mount.kernel.notices.contains(.name(id, parent: 1)))
            }
        }

        @Test("Names that nobody has are asked for once per lifetime, hidden ones never")
        func absent() async throws {
            let tree = TreeStore(TreeStore.Options(listsEverything: false))
            try await withMount(tree) { (mount) throws in
                for _ in 0..<5 {
                    #expect(try mount.lookup("nothing") == nil)
                    #expect(try mount.lookup(".git") == nil)
                }
                #expect(mount.store.calls(.child) == 1)
                #expect(mount.store.calls(.children) == 1)
                mount.time.advance(by: .seconds(6))
                #expect(try mount.lookup("nothing") == nil)
                #expect(mount.store.calls(.child) == 2)
                tree.directory("nothing", isListed: false)
                try mount.set("user.datasetfs.refresh", of: "")
                #expect(try mount.lookup("nothing") != nil)
            }
        }

        @Test("A store that lists everything is not asked for names")
        func listsEverything() async throws {
            try await withMount(TreeStore()) { (mount) throws in
                #expect(try mount.lookup("nothing") == nil)
                #expect(mount.store.calls(.child) == 0)
            }
        }

        @Test("While the listing fails, a name the store knows still opens")
        func listingFails() async throws {
            let tree = TreeStore(TreeStore.Options(listsEverything: false))
            tree.directory("d")
            try await withMount(tree) { (mount) throws in
                mount.store.script(.children, .fail(StoreError(.serverFailure, "search is down")), times: nil)
                #expect(try mount.lookup("d") != nil)
                #expect(errno { () throws(VFSError) in try mount.lookup("other") } == ETIMEDOUT)
            }
        }
    }
}
