import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

extension StoreConformance {
    static let removalChecks = [
        StoreCheck(writing: "removes a file, and finds nothing wrong with removing it again") { subject in
            let node = try subject.node("second/text.txt")
            try subject.remove(node)

            try requireFailure(.notFound) { _ = try subject.node(at: node.location) }
            try require(try subject.children(of: "second").isEmpty, "still lists it")
            try subject.remove(node)
            try subject.store.remove(node.location, version: nil, until: subject.patience)
            try subject.store.remove(subject.fixture.unknownLocation, version: nil, until: subject.patience)
        },
        StoreCheck(writing: "removes links and empty directories") { subject in
            for (number, entry) in subject.traits.otherEntries.enumerated() {
                let node = try subject.create(entry.creation, "other \(number)", in: "second")
                try subject.remove(node)
                try subject.remove(node)
            }
            try require(try subject.names(in: "second") == ["text.txt"], "still lists one")
            try subject.remove(try subject.node("second/text.txt"))
            try subject.remove(try subject.node("second"))
            try require(try subject.names(in: "") == ["first"], "still lists a directory at the top")
        },
        StoreCheck(writing: "removes no directory that holds something") { subject in
            for path: ReferenceTree.Path in ["second", "first", "first/below", "first/below/deeper"] {
                let node = try subject.node(path)
                try requireFailure(.conflict) { try subject.remove(node) }
            }

            try subject.requireAll(of: subject.tree)
        },
        StoreCheck(
            writing: "removes no file that somebody else has changed",
            for: { _, writing in writing.holdsVersionOnRemoval }
        ) { subject in
            let node = try subject.node("second/text.txt")
            let theirs = ReferenceContent.text("theirs")
            try subject.fixture.put(.file(theirs), at: "second/text.txt")

            try requireFailure(.conflict) { try subject.remove(node) }

            try subject.verify(theirs.wholeRange, of: try subject.node("second/text.txt"), against: theirs)
            try subject.store.remove(node.location, version: nil, until: subject.patience)
            try require(try subject.children(of: "second").isEmpty, "still lists it")
        },
        StoreCheck(writing: "creates anew what was removed, as another thing") { subject in
            for round in 0..<3 {
                let node = try subject.node("second/text.txt")
                try subject.remove(node)
                let content = ReferenceContent.text("round \(round)")
                let new = try subject.create("text.txt", in: "second", content)
                try subject.requireShown(new, as: "text.txt", in: "second", .file(content))
                try require(new.version != node.version, "it has the version of what was removed")
            }
        },
    ]

    static let renamingChecks = [
        StoreCheck(writing: "gives files another name and another directory") { subject in
            guard subject.store.traits.renaming == .anywhere else { return }
            let content = try subject.content("second/text.txt")
            var node = try subject.node("second/text.txt")
            for (name, path) in [("other.txt", "second"), ("moved.txt", "first/below"), ("text.txt", "second")] {
                let path = ReferenceTree.Path(path)
                let new = try subject.rename(node, to: name, in: path)
                try subject.requireShown(new, as: name, in: path, .file(content))
                node = new
            }
            try subject.requireAll(of: subject.tree)
        },
        StoreCheck(writing: "moves a directory with all that is in it") { subject in
            guard subject.store.traits.renaming == .anywhere else { return }
            var tree = subject.tree
            let new = try subject.rename(try subject.node("first/below"), to: "taken along", in: "second")
            tree.move("first/below", to: "second/taken along")

            try subject.requireShown(new, as: "taken along", in: "second", .directory)
            try subject.requireAll(of: tree)
        },
        StoreCheck(writing: "puts nothing in place of what is there, and nothing into itself") { subject in
            guard subject.store.traits.renaming == .anywhere else { return }
            for path: ReferenceTree.Path in ["first/empty.bin", "first/below", "first/pattern.bin"] {
                let node = try subject.node(path)
                try requireFailure(.conflict) { _ = try subject.rename(node, to: "text.txt", in: "second") }
            }
            try requireFailure(.conflict) {
                _ = try subject.rename(try subject.node("first/text.txt"), to: "below", in: "first")
            }
            try requireFailure(.invalid, .conflict) {
                _ = try subject.rename(try subject.node("first"), to: "inside", in: "first/below")
            }

            try subject.requireAll(of: subject.tree)
        },
        StoreCheck(writing: "says that what it is to rename is gone") { subject in
            guard subject.store.traits.renaming == .anywhere else { return }
            let node = try subject.node("second/text.txt")
            try subject.fixture.remove("second/text.txt")

            try requireFailure(.notFound) { _ = try subject.rename(node, to: "other.txt", in: "second") }
        },
    ]
}

extension StoreSubject {
    func rename(_ node: Node, to name: String, in path: ReferenceTree.Path) throws -> Node {
        try store.rename(node.location, to: name, in: try location(of: path), until: patience)
    }
}
