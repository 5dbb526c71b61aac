import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

extension StoreConformance {
    static let creationChecks = [
        StoreCheck(writing: "shows a file that was created, and gives its bytes back, whatever its length") { subject in
            for size in subject.writing.sizes {
                let content = ReferenceContent.pattern(seed: 600 + size, size: size)

                let node = try subject.create("\(size).bin", in: "second", content)

                try subject.requireShown(node, as: "\(size).bin", in: "second", .file(content))
            }
        },
        StoreCheck(writing: "shows a text that was created, and gives it back byte for byte") { subject in
            for (name, text) in [("note.md", "# h\u{E9}\r\n\u{0}end"), ("data.json", "{}"), ("empty.txt", "")] {
                let node = try subject.create(name, in: "second", ReferenceContent.text(text))

                try subject.requireShown(node, as: name, in: "second", .file(.text(text)))
            }
        },
        StoreCheck(writing: "creates an empty file without any content") { subject in
            let node = try subject.create("nothing.bin", in: "second")

            try subject.requireShown(node, as: "nothing.bin", in: "second", .file(.bytes([])))
        },
        StoreCheck(writing: "shows directories and links that were created, at the top and below") { subject in
            for entry in subject.traits.otherEntries {
                let name = entry == .directory ? "new directory" : "new link"
                let node = try subject.create(entry.creation, name, in: "second")

                try subject.requireShown(node, as: name, in: "second", entry)
            }
            let top = try subject.create(.directory, "third", in: "")
            try subject.requireShown(top, as: "third", in: "", .directory)
            try require(try subject.children(of: "third").isEmpty, "lists something in a new directory")
            let file = try subject.create("file.txt", in: "third", ReferenceContent.text("text"))
            try subject.requireShown(file, as: "file.txt", in: "third", .file(.text("text")))
        },
        StoreCheck(writing: "creates files at the top", for: { traits, _ in traits.holdsFilesInRoot }) { subject in
            let node = try subject.create("top.txt", in: "", ReferenceContent.text("top"))

            try subject.requireShown(node, as: "top.txt", in: "", .file(.text("top")))
        },
        StoreCheck(writing: "creates trees that go deep", for: { traits, _ in traits.holdsEmptyDirectories }) {
            subject in
            var path = ReferenceTree.Path("second")
            for depth in 1...8 {
                _ = try subject.create(.directory, "depth \(depth)", in: path)
                path = path.child("depth \(depth)")
            }
            let node = try subject.create("bottom", in: path, ReferenceContent.text("deep"))

            try subject.requireShown(node, as: "bottom", in: path, .file(.text("deep")))
        },
        StoreCheck(writing: "keeps description and tags that come with a file", for: { _, _ in true }) { subject in
            guard subject.store.traits.describesNodes else { return }
            for kind in [Creation.Kind.file, .directory] where kind == .file || subject.traits.holdsEmptyDirectories {
                var creation = Creation(kind, named: "described \(kind)", in: try subject.location(of: "second"))
                creation.description = "What it is: \u{E9}\n\u{1F9EC}"
                creation.tags = ["one", "and another"]

                let node = try subject.create(creation, kind == .file ? ReferenceContent.text("text") : nil)

                let told = try subject.node(at: node.location)
                for attributes in [node.attributes, told.attributes] {
                    try require(attributes.description == creation.description, "\(attributes)")
                    try require(attributes.tags == creation.tags, "\(attributes)")
                }
            }
        },
        StoreCheck(writing: "keeps every name that it takes byte for byte") { subject in
            let names = StoreConformance.names(for: subject.traits)
            _ = try subject.create(.directory, "names", in: "")
            for name in names { _ = try subject.create(name, in: "names", ReferenceContent.text(name)) }

            var tree = ReferenceTree()
            for name in names { tree.addFile(ReferenceTree.Path("names").child(name), .text(name)) }
            let shown = try subject.names(in: "names")
            try require(
                shown == tree.children(of: "names"),
                "lists \(Set(shown).symmetricDifference(tree.children(of: "names"))) wrongly"
            )
            for listed in try subject.children(of: "names") {
                let content = ReferenceContent.text(listed.name)
                try subject.verify(content.wholeRange, of: try subject.node(at: listed.location), against: content)
            }
        },
        StoreCheck(writing: "leaves what has that name already as it is") { subject in
            let old = try subject.node("second/text.txt")
            let new = ReferenceContent.text("new")
            if subject.writing.refusesTakenNames {
                for entry in [.file(new)] + subject.traits.otherEntries {
                    try requireFailure(.conflict) {
                        _ = try subject.create(entry.creation, "text.txt", in: "second", entry.content)
                    }
                }
                try require(try subject.names(in: "second") == ["text.txt"], "lists more")
            } else {
                let other = try subject.create("text.txt", in: "second", new)
                try require(other.location != old.location, "it is the same thing")
                try subject.verify(new.wholeRange, of: other, against: new)
            }
            let content = try subject.content("second/text.txt")
            try subject.verify(content.wholeRange, of: try subject.node(at: old.location), against: content)
        },
        StoreCheck(writing: "says when the directory is not there") { subject in
            for kind in [Creation.Kind.file, .directory] {
                let creation = Creation(kind, named: "lost.txt", in: subject.fixture.unknownLocation)
                try requireFailure(.notFound, .invalid) { _ = try subject.create(creation, ReferenceContent.text("x")) }
            }
        },
        StoreCheck(writing: "tells how far it is, and at the end that it has all") { subject in
            let ledger = TestLedger()
            let size = subject.writing.longSize
            _ = try subject.create("long.bin", in: "second", ReferenceContent.pattern(seed: 3, size: size), ledger)

            let told = ledger.progressTold
            try require(told.max() == size, "tells \(told)")
            try require(!ledger.notes.isEmpty, "writes nothing down")
        },
        StoreCheck(
            writing: "lists no file before it is whole",
            for: { _, writing in writing.hidesUnfinished }
        ) { subject in
            let seen = Mutex<[[ReferenceTree.Path]?]>([])
            let content = ReferenceContent.pattern(seed: 4, size: subject.writing.longSize)
            _ = try subject.create(
                "slow.bin",
                in: "second",
                TappedContent(content, at: 0) {
                    let names = try? subject.names(in: "second")
                    seen.withLock { $0.append(names) }
                }
            )

            let lists = seen.withLock { $0 }
            try require(lists.allSatisfy { $0 == ["text.txt"] }, "lists \(lists)")
            try require(try subject.names(in: "second") == ["slow.bin", "text.txt"], "does not list it at last")
        },
        StoreCheck(writing: "creates for eight threads at once") { subject in
            let directory = try subject.location(of: "second")
            let answers = try subject.onThreads(8) { number in
                try (0..<5).map { round in
                    let creation = Creation(.file, named: "\(number) \(round).bin", in: directory)
                    return try subject.create(creation, ReferenceContent.pattern(seed: UInt64(number), size: 70_000))
                }
            }

            for (number, answer) in answers.enumerated() {
                for (round, node) in try answer.get().enumerated() {
                    let content = ReferenceContent.pattern(seed: UInt64(number), size: 70_000)
                    try subject.requireShown(node, as: "\(number) \(round).bin", in: "second", .file(content))
                }
            }
        },
        StoreCheck(
            writing: "lets one of eight that want the same name have it",
            for: { _, writing in writing.refusesTakenNames }
        ) { subject in
            let directory = try subject.location(of: "second")
            for entry in [.file(.text(""))] + subject.traits.otherEntries {
                let name = "wanted \(entry.creation)".filter { $0 != "/" }
                let answers = try subject.onThreads(8) { number in
                    let content = entry.content.map { _ in ReferenceContent.pattern(seed: UInt64(number), size: 70_000)
                    }
                    let creation = Creation(entry.creation, named: name, in: directory)
                    return (try subject.create(creation, content), content)
                }

                let winners = answers.compactMap { try? $0.get() }
                try require(winners.count == 1, "\(winners.count) have made \(name)")
                let (node, content) = winners[0]
                try subject.requireShown(node, as: name, in: "second", content.map { .file($0) } ?? entry)
                for case .failure(let error) in answers {
                    try require((error as? StoreError)?.code == .conflict, "another fails with \(error)")
                }
            }
        },
    ]
}
