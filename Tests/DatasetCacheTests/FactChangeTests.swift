import DatasetModel
import Testing

@testable import DatasetCache

/// What becomes of a row when something is told, without a database.
@Suite struct FactChangeTests {
    private func row(_ named: NamedNode, isWhole: Bool = false) -> FactRow {
        FactRow(new: named, in: 1, at: 100, isWhole: isWhole, isPinned: false)
    }

    private func described(_ text: String?, modified: Int64? = 10, version: String? = "1", size: UInt64? = 1)
        -> NamedNode
    {
        var attributes = Attributes()
        attributes.description = text
        return file("a", size: size, version: version, modified: modified, attributes: attributes)
    }

    @Test("Learning size and version is no change of the content")
    func learning() {
        var row = row(file("a", size: nil, version: nil))

        let difference = row.take(whole: file("a").node, at: 200)

        #expect(difference == [.facts, .row])
        #expect(row.fact.knownAt == 200 && row.fact.changed == Timestamp(nanoseconds: 10))
    }

    @Test(
        "Another size, version or kind is a change of the content, and so is losing one",
        arguments: [
            file("a", size: 2), file("a", version: "2"), directory("a"), file("a", size: nil), file("a", version: nil),
        ]
    )
    func contentChange(told: NamedNode) {
        var row = row(file("a"))

        let difference = row.take(whole: told.node, at: 200)

        #expect(difference.contains(.content))
        #expect(row.fact.kind == told.node.kind && row.fact.size == told.node.size)
    }

    @Test("A directory has no content that could change")
    func directories() {
        var row = row(directory("d"))
        var node = directory("d").node
        node.version = Version("2")

        let difference = row.take(whole: node, at: 200)

        #expect(!difference.contains(.content))
    }

    @Test("The change time follows the modification time when that moves on")
    func modified() {
        var row = row(file("a"))

        _ = row.take(whole: file("a", version: "2", modified: 50).node, at: 200)

        #expect(row.fact.changed == Timestamp(nanoseconds: 50))
    }

    @Test("The change time is now when the content changed and the modification time does not say so")
    func unmodified() {
        var same = row(file("a"))
        var back = row(file("a"))
        var untold = row(file("a", modified: nil))

        _ = same.take(whole: file("a", version: "2").node, at: 200)
        _ = back.take(whole: file("a", version: "2", modified: 5).node, at: 200)
        _ = untold.take(listed: file("a", version: "2", modified: nil), at: 200)

        #expect(same.fact.changed == Timestamp(nanoseconds: 200))
        #expect(back.fact.changed == Timestamp(nanoseconds: 200))
        #expect(untold.fact.changed == Timestamp(nanoseconds: 200))
    }

    @Test("The change time is now when a description changed, not when it is learnt")
    func metadata() {
        var listed = row(described(nil))
        _ = listed.take(whole: described("first").node, at: 200)
        let learnt = listed.fact.changed
        _ = listed.take(whole: described("first").node, at: 300)
        let same = listed.fact.changed
        let difference = listed.take(whole: described("second").node, at: 400)

        #expect(learnt == Timestamp(nanoseconds: 10) && same == learnt)
        #expect(listed.fact.changed == Timestamp(nanoseconds: 400))
        #expect(difference == .row)

        _ = listed.take(whole: described(nil).node, at: 500)
        #expect(listed.fact.changed == Timestamp(nanoseconds: 500))
    }

    @Test("A listing's description counts where it contradicts, its silence does not")
    func listedMetadata() {
        var row = row(described("first"), isWhole: true)

        let first = row.take(listed: described(nil), at: 200)
        let again = row.take(listed: described(nil), at: 250)
        let kept = AttributesText.decode(row.attributes)?.description
        let other = row.take(listed: described("second"), at: 300)

        #expect(first == .row, "the listing's time counts from now on")
        #expect(again == [] && kept == "first" && other == .row)
        #expect(AttributesText.decode(row.attributes)?.description == "second")
        #expect(row.fact.changed == Timestamp(nanoseconds: 300))
    }

    @Test("A new name is a change of the thing")
    func renamed() {
        var row = row(file("a"))

        let difference = row.take(listed: file("b", at: "a"), at: 200)

        #expect(difference == [.name, .row])
        #expect(row.fact.changed == Timestamp(nanoseconds: 200))
    }

    @Test("Attributes that cannot be read are replaced, not trusted")
    func unreadable() {
        var row = row(described("first"))
        row.attributes = "{"

        _ = row.take(listed: described("second"), at: 200)

        #expect(AttributesText.decode(row.attributes)?.description == "second")
    }
}
