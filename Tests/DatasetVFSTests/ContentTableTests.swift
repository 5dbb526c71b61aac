import DatasetCache
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetVFS

@Suite("ContentTable")
struct ContentTableTests {
    @Test("Those who open one version share one content; with the last of them it goes")
    func table() throws {
        let fixture = try ContentFixture(size: 65_536)
        let version = try #require(fixture.node.version)

        let again = fixture.table.acquire(fixture.node, size: 65_536, version: version)
        #expect(again === fixture.content)
        fixture.table.release(again)
        fixture.table.release(fixture.content)

        #expect(fixture.table.acquire(fixture.node, size: 65_536, version: version) !== fixture.content)
    }

    @Test("Content that came with the facts costs no second request")
    func inline() async throws {
        let fixture = try ContentFixture(size: 70_000)
        var node = fixture.node
        node.inlineContent = fixture.expected.allBytes

        fixture.table.keepInline(node)

        await onThread { #expect((try? fixture.isRight(0, 70_000)) == true) }
        #expect(fixture.store.calls(.read) == 0)
    }

    @Test("Inline content of another length than declared is not kept")
    func unfitInline() throws {
        let fixture = try ContentFixture(size: 70_000)
        var node = fixture.node
        node.inlineContent = [1, 2, 3]

        fixture.table.keepInline(node)

        #expect(fixture.content.cached.presentBytes == 0)
    }
}
