import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

/// What a store that announces a power must do with it; one that announces none is asked nothing.
extension StoreConformance {
    static let powerChecks = [
        StoreCheck("finds by its id what a listing shows, and nothing by an unknown one") { subject in
            guard let identifiers = subject.store.powers.identifiers else { return }
            for path: ReferenceTree.Path in ["first", "second/text.txt", "first/below/deeper"] {
                let node = try subject.node(path)
                let id = try unwrap(node.attributes.id, "“\(path)” has no id")
                let found = try identifiers.node(withID: id, until: subject.patience)
                try require(found.location == node.location, "\(id) is at \(found.location)")
            }
            try requireFailure(.notFound) {
                let id = "00000000-0000-4000-8000-000000000000"
                _ = try identifiers.node(withID: id, until: subject.patience)
            }
        },
        StoreCheck("finds by a search what is there, page by page, each thing once") { subject in
            guard let searcher = subject.store.powers.search else { return }
            var query = SearchQuery(criteria: [SearchCriterion("name", .equals, .text("text.txt"))])
            query.pageSize = 1
            var locations: [Location] = []
            var cursor: Cursor?
            repeat {
                let page = try searcher.search(query, after: cursor, until: subject.patience)
                try require(page.hits.count <= 1, "a page holds \(page.hits.count) hits")
                locations += page.hits.map(\.node.location)
                cursor = page.next
            } while cursor != nil
            let wanted = try ["first/text.txt", "second/text.txt"].map { try subject.location(of: $0) }
            try require(locations.count == 2 && Set(locations) == Set(wanted), "it finds \(locations)")

            let absent = SearchQuery(criteria: [SearchCriterion("name", .equals, .text("nothing is called so"))])
            try require(
                try searcher.search(absent, after: nil, until: subject.patience).hits.isEmpty,
                "it finds what is not there"
            )
        },
        StoreCheck(writing: "tells earlier versions, reads each exactly, and restores one as a new one") { subject in
            guard let keeper = subject.store.powers.versions else { return }
            let contents: [ReferenceContent] = [
                .text("first"), .pattern(seed: 7, size: 1 << 20 | 5), .text("third"),
            ]
            var node = try subject.create("versions.txt", in: "first", contents[0])
            for content in contents.dropFirst() { node = try subject.replace(node, with: content) }

            let revisions = try keeper.revisions(of: node.location, until: subject.patience)
            try require(revisions.count == contents.count, "there are \(revisions.count) versions")
            try require(revisions.map(\.isCurrent) == [true, false, false], "current are \(revisions)")
            try require(revisions.map(\.number) == revisions.map(\.number).sorted(by: >), "the order is \(revisions)")
            for (revision, content) in zip(revisions.reversed(), contents) {
                for name: RevisionName in [.id(revision.id), .number(revision.number)] {
                    let old = try keeper.node(at: node.location, revision: name, until: subject.patience)
                    try require(old.size == content.size, "\(name) has \(old.size ?? 0) bytes")
                    try subject.verify(content.wholeRange, of: old, against: content)
                }
            }
            // What was looked at says nothing of what is there now.
            let now = try subject.node(at: node.location)
            try require(now.version == node.version, "the version is \(String(describing: now.version))")
            for index in [1, 0] {
                let restored = try keeper.restore(
                    .number(revisions[2 - index].number),
                    of: node.location,
                    until: subject.patience
                )
                try require(restored.location == node.location, "it moved to \(restored.location)")
                try subject.verify(contents[index].wholeRange, of: restored, against: contents[index])
            }
            let later = try keeper.revisions(of: node.location, until: subject.patience)
            try require(later.count == contents.count + 2, "there are \(later.count) versions")
            try requireFailure(.notFound) {
                _ = try keeper.node(at: node.location, revision: .number(99), until: subject.patience)
            }
        },
        StoreCheck(writing: "shares a thing and takes that back, or says that it cannot") { subject in
            guard let sharer = subject.store.powers.sharing else { return }
            let location = try subject.location(of: "second/text.txt")
            let before = try subject.node(at: location).attributes.share
            let audience = Audience.some(users: ["ada@example.org"], organizations: [])
            let shared = try sharer.share(location, with: audience, until: subject.patience)
            try require(shared.attributes.share != before, "it is \(shared.attributes.share ?? "-")")
            let back = try sharer.share(location, with: .nobody, until: subject.patience)
            try require(back.attributes.share == before, "it is \(back.attributes.share ?? "-")")
        },
        StoreCheck(writing: "makes a dataset, tells all that is in it, and deletes it with that") { subject in
            guard let keeper = subject.store.powers.datasets else { return }
            let id = "6f9619ff-8b86-4011-b42d-00c04fc964ff"
            let made = try keeper.createDataset(
                named: "with facts",
                description: "what it holds",
                id: id,
                until: subject.patience
            )
            try require(made.attributes.description == "what it holds", "\(made.attributes)")
            try requireFailure(.conflict) {
                _ = try keeper.createDataset(named: "twice", description: nil, id: id, until: subject.patience)
            }
            let below = try subject.create(Creation(.directory, named: "below", in: made.location))
            _ = try subject.create(Creation(.file, named: "a.txt", in: below.location), ReferenceContent.text("a"))
            let contents = try keeper.dataset(made.location, until: subject.patience)
            try require(contents.dataset.name == "with facts", "it is called \(contents.dataset.name)")
            try require(Set(contents.entries.map(\.name)) == ["below", "a.txt"], "in it are \(contents.entries)")

            try keeper.deleteDataset(made.location, until: subject.patience)
            try requireFailure(.notFound) { _ = try subject.node(at: made.location) }
            try requireFailure(.notFound) { _ = try subject.node(at: below.location) }
            try requireFailure(.notFound) { try keeper.deleteDataset(made.location, until: subject.patience) }
        },
        StoreCheck(writing: "registers a link once, however often it is tried") { subject in
            guard let registrar = subject.store.powers.registration else { return }
            let url = "https://example.org/data?set=1"
            let source = ExistingSource.link(url: url, instructions: "Read it.", metadata: ["kind": "page"])
            let place = Creation(.file, named: "homepage", in: try subject.location(of: "second"))
            let ledger = TestLedger()
            let first = try registrar.register(source, as: place, ledger: ledger, until: subject.patience)
            let again = try registrar.register(source, as: place, ledger: ledger, until: subject.patience)
            try require(first.kind == .link(target: url), "it is \(first.kind)")
            try require(again.location == first.location, "there is a second at \(again.location)")
            let names = try subject.names(in: "second")
            try require(names.count == 2, "there are \(names)")
        },
        StoreCheck(writing: "says in which form it keeps a thing, and makes nothing of it") { subject in
            guard let forms = subject.store.powers.forms else { return }
            let parent = try subject.location(of: "second")
            for (name, content) in [("a.txt", ReferenceContent.text("a")), ("a.bin", .pattern(seed: 1, size: 99))] {
                let form = try forms.form(of: Creation(.file, named: name, in: parent), content: content)
                let made = try subject.create(name, in: "first", content)
                try require(!form.isEmpty, "no form of \(made)")
            }
            let names = try subject.names(in: "second")
            try require(names.count == 1, "there are \(names)")
        },
    ]
}

private func unwrap<Value>(_ value: Value?, _ message: String) throws -> Value {
    guard let value else {
        throw ConformanceFailure(message: message, sourceLocation: #_sourceLocation)
    }
    return value
}
