import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

extension StoreConformance {
    static let nodeChecks = [
        StoreCheck("tells size and version of every file when asked for it alone") { subject in
            for path in subject.tree.paths {
                let listed = try subject.listed(path)
                let node = try subject.node(at: listed.location)

                try require(node.location == listed.location, "“\(path)” is at \(node.location)")
                try require(node.name.isSameText(path.name), "“\(path)” is called “\(node.name)”")
                try require(node.kind == listed.kind, "“\(path)” is \(node.kind)")
                guard let content = subject.tree.content(of: path) else { continue }
                try require(node.size == content.size, "“\(path)” has size \(node.size ?? 0)")
                try require(node.version != nil, "“\(path)” has no version")
                try require(
                    (listed.version ?? node.version) == node.version,
                    "“\(path)” is listed with another version"
                )
            }
        },
        StoreCheck("has a root that is a directory") { subject in
            let node = try subject.node(at: .root)

            try require(node.kind == .directory && node.location == .root, "the root is \(node)")
        },
        StoreCheck("says of an unknown location that it is not there") { subject in
            try requireFailure(.notFound) { _ = try subject.node(at: subject.fixture.unknownLocation) }
        },
        StoreCheck("says of what was removed that it is not there") { subject in
            let location = try subject.location(of: "second/text.txt")
            try subject.fixture.remove("second/text.txt")

            try requireFailure(.notFound) { _ = try subject.node(at: location) }
        },
        StoreCheck("finds no child of an unknown name") { subject in
            for path: ReferenceTree.Path in ["", "first"] {
                let location = try subject.location(of: path)
                try requireFailure(.notFound) {
                    _ = try subject.store.child(named: "no such thing", of: location, until: Cancellation())
                }
            }
        },
        StoreCheck("finds a child by the name that its listing shows, or leaves that to the listing") { subject in
            let listed = try subject.listed("first/text.txt")
            let parent = try subject.location(of: "first")
            do {
                let child = try subject.store.child(named: listed.name, of: parent, until: Cancellation())
                try require(child.location == listed.location, "finds \(child.location)")
            } catch let error as StoreError where subject.store.traits.listsEverything {
                try require(error.code == .notFound, "fails with \(error)")
            }
        },
        StoreCheck("tells plausible times", for: \.tellsTimes) { subject in
            let now = SystemTime().wallNanoseconds()
            try subject.fixture.put(.file(.text("new")), at: "first/new.txt")

            let node = try subject.node("first/new.txt")

            let slack: Int64 = 5_000_000_000
            let modified = node.modified?.nanoseconds ?? 0
            try require(abs(modified - now) < slack, "modified \((modified - now) / 1_000_000) ms from now")
            let created = node.created?.nanoseconds ?? modified
            try require(abs(created - now) < slack, "created \((created - now) / 1_000_000) ms from now")
        },
        StoreCheck("shows a link with its target, not with what that is", for: { $0.linkTarget != nil }) { subject in
            let target = subject.traits.linkTarget ?? ""
            try subject.fixture.put(.link(target: target), at: "first/link")

            let listed = try subject.listed("first/link")
            let node = try subject.node(at: listed.location)

            try require(listed.kind == .link(target: target), "lists \(listed.kind)")
            try require(node.kind == .link(target: target), "tells \(node.kind)")
        },
        StoreCheck("names itself for caches and for people, without secrets in the name") { subject in
            let traits = subject.store.traits

            try require(!traits.identity.isEmpty && !traits.displayName.isEmpty, "it has no name")
            try require(!traits.identity.contains("@"), "its identity is \(traits.identity)")
        },
    ]
}
