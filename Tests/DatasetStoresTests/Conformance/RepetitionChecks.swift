import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

/// What goes wrong on the way, and is tried again with the same ledger.
extension StoreConformance {
    static let repetitionChecks = [
        StoreCheck(writing: "makes one thing when the answer was lost and it is asked again") { subject in
            for (name, entry) in subject.manyEntries {
                let faulty = FaultyStore(subject.store)
                faulty.script(.create, .failAfter(StoreError(.reset, "lost")), times: 3)
                let ledger = TestLedger()
                for _ in 0..<3 {
                    try requireFailure(.reset) {
                        _ = try subject.create(entry.creation, name, in: "second", entry.content, ledger, by: faulty)
                    }
                }

                let node = try subject.create(entry.creation, name, in: "second", entry.content, ledger, by: faulty)

                try subject.requireShown(node, as: name, in: "second", entry)
            }
        },
        StoreCheck(writing: "makes one thing though the process dies at any note") { subject in
            for (name, entry) in subject.manyEntries {
                for death in [TestLedger.Death.before, .after] {
                    try subject.dieAtEveryNote(death) { number, ledger in
                        let name = "\(death) \(number) \(name)"
                        let node = try subject.create(entry.creation, name, in: "second", entry.content, ledger)
                        try subject.requireShown(node, as: name, in: "second", entry)
                    }
                }
            }
        },
        StoreCheck(writing: "makes one thing though its content could not be read to the end") { subject in
            let content = ReferenceContent.pattern(seed: 5, size: subject.writing.longSize)
            let faulty = FaultyStore(subject.store)
            let ledger = TestLedger()
            for offset in [0, 1 << 20, content.size - 1] {
                faulty.script(.create, .failContent(at: offset, StoreError(.localFailure, "the disk")))
                try requireFailure(.localFailure) {
                    _ = try subject.create("damaged.bin", in: "second", content, ledger, by: faulty)
                }
                if subject.writing.hidesUnfinished {
                    try require(try subject.names(in: "second") == ["text.txt"], "lists what is not whole")
                }
            }

            let node = try subject.create("damaged.bin", in: "second", content, ledger, by: faulty)

            try subject.requireShown(node, as: "damaged.bin", in: "second", .file(content))
        },
        StoreCheck(writing: "breaks off a creation when its caller gives up, and takes it up again") { subject in
            let content = ReferenceContent.pattern(seed: 6, size: subject.writing.longSize)
            let cancellation = Cancellation()
            let ledger = TestLedger()
            let tapped = TappedContent(content, at: content.size / 2) { cancellation.cancel() }
            let start = SystemTime().now()
            try requireFailure(.interrupted) {
                _ = try subject.create("given up.bin", in: "second", tapped, ledger, until: cancellation)
            }
            try require(SystemTime().now() - start < .seconds(10), "it takes long to notice")
            if subject.writing.hidesUnfinished {
                try require(try subject.names(in: "second") == ["text.txt"], "lists what is not whole")
            }

            let node = try subject.create("given up.bin", in: "second", content, ledger)

            try subject.requireShown(node, as: "given up.bin", in: "second", .file(content))
        },
        StoreCheck(writing: "leaves nothing of a creation that is abandoned") { subject in
            let content = ReferenceContent.pattern(seed: 7, size: subject.writing.longSize)
            let parent = try subject.create(.directory, "third", in: "")
            let faulty = FaultyStore(subject.store)
            for offset in [0, content.size / 2] {
                let ledger = TestLedger()
                faulty.script(.create, .failContent(at: offset, StoreError(.localFailure, "the disk")))
                try requireFailure(.localFailure) {
                    _ = try subject.create("a.bin", in: "third", content, ledger, by: faulty)
                }
                if let note = ledger.lastNote { try subject.store.abandon(note, until: subject.patience) }
            }

            try require(try subject.children(of: "third").isEmpty, "lists something")
            try subject.remove(parent)
        },
        StoreCheck(writing: "abandons what it cannot read a note of without harm") { subject in
            for note in ["", "{}", "no note", #"{"temporary":{"parent":"second","name":"text.txt"}}"#] {
                try? subject.store.abandon(note, until: subject.patience)
            }

            try subject.requireAll(of: subject.tree)
        },
        StoreCheck(writing: "replaces once when the answer was lost and it is asked again") { subject in
            for size in [10, subject.writing.longSize] {
                let content = ReferenceContent.pattern(seed: 8 + size, size: size)
                let node = try subject.node("second/text.txt")
                let faulty = FaultyStore(subject.store)
                faulty.script(.replace, .failAfter(StoreError(.reset, "lost")))
                let ledger = TestLedger()
                try requireFailure(.reset) { _ = try subject.replace(node, with: content, ledger, by: faulty) }

                let new = try subject.replace(node, with: content, ledger, by: faulty)

                try subject.requireShown(new, as: "text.txt", in: "second", .file(content))
                try require(try subject.names(in: "second") == ["text.txt"], "lists more")
            }
        },
        StoreCheck(writing: "goes on from what an earlier try with other bytes has made unheard") { subject in
            for (number, size) in [10, subject.writing.longSize].enumerated() {
                let (first, second) = (
                    ReferenceContent.text("the first try"), ReferenceContent.pattern(seed: 5, size: size)
                )
                let faulty = FaultyStore(subject.store)
                faulty.script(.create, .failAfter(StoreError(.reset, "lost")))
                faulty.script(.replace, .failAfter(StoreError(.reset, "lost")))
                let (made, replaced) = (TestLedger(), TestLedger())
                let name = "changed \(number).bin"
                try requireFailure(.reset) { _ = try subject.create(name, in: "second", first, made, by: faulty) }

                var node = try subject.create(name, in: "second", second, made)

                // Whoever calls looks at what is there: the store may take the earlier try for this one.
                if node.size == first.size { node = try subject.replace(node, with: second) }
                try subject.requireShown(node, as: name, in: "second", .file(second))
                try requireFailure(.reset) { _ = try subject.replace(node, with: first, replaced, by: faulty) }
                node = try subject.replace(node, with: second, replaced)
                if node.size == first.size { node = try subject.replace(node, with: second) }
                try subject.requireShown(node, as: name, in: "second", .file(second))
                try subject.remove(node)
            }
        },
        StoreCheck(writing: "tells what a replacement has made whose answer was lost, and no other") { subject in
            let node = try subject.node("second/text.txt")
            let faulty = FaultyStore(subject.store)
            faulty.script(.replace, .failAfter(StoreError(.reset, "lost")))
            let ledger = TestLedger()
            try requireFailure(.reset) {
                _ = try subject.replace(node, with: ReferenceContent.text("unheard"), ledger, by: faulty)
            }
            guard let note = ledger.lastNote else { return try require(false, "it has taken no note") }

            let outcome = try subject.store.outcome(of: note, at: node.location, until: subject.patience)

            let now = try subject.node("second/text.txt")
            try require(outcome?.version == now.version, "tells \(outcome as Any) of \(now)")
            _ = try subject.replace(now, with: ReferenceContent.text("a later one"))
            let later = try subject.store.outcome(of: note, at: node.location, until: subject.patience)
            try require(later == nil, "takes another's version for its own")
            try subject.remove(try subject.node("second/text.txt"))
            let gone = try subject.store.outcome(of: note, at: node.location, until: subject.patience)
            try require(gone == nil, "tells \(gone as Any) of what is gone")
        },
        StoreCheck(writing: "replaces though the process dies at any note") { subject in
            for death in [TestLedger.Death.before, .after] {
                for size in [10, subject.writing.longSize] {
                    let node = Mutex(try subject.node("second/text.txt"))
                    try subject.dieAtEveryNote(death) { number, ledger in
                        let content = ReferenceContent.pattern(seed: size + UInt64(number), size: size)
                        if ledger.lastNote == nil || number == 0 {
                            let now = try subject.node("second/text.txt")
                            node.withLock { $0 = now }
                        }
                        let new = try subject.replace(node.withLock { $0 }, with: content, ledger)
                        try subject.requireShown(new, as: "text.txt", in: "second", .file(content))
                    }
                }
            }
            try require(try subject.names(in: "second") == ["text.txt"], "lists more")
        },
        StoreCheck(writing: "keeps the old content when a replacement fails or is given up on the way") { subject in
            let content = ReferenceContent.pattern(seed: 9, size: subject.writing.longSize)
            let node = try subject.node("second/text.txt")
            let faulty = FaultyStore(subject.store)
            faulty.script(.replace, .failContent(at: content.size / 2, StoreError(.localFailure, "the disk")))
            try requireFailure(.localFailure) { _ = try subject.replace(node, with: content, by: faulty) }
            let cancellation = Cancellation()
            let tapped = TappedContent(content, at: content.size / 2) { cancellation.cancel() }
            try requireFailure(.interrupted) { _ = try subject.replace(node, with: tapped, until: cancellation) }

            try subject.requireAll(of: subject.tree)
            try require(try subject.node(at: node.location).version == node.version, "the version has moved")
        },
    ]
}

extension StoreSubject {
    /// One of each kind, and a long file.
    fileprivate var manyEntries: [(name: String, ReferenceTree.Entry)] {
        let files: [ReferenceTree.Entry] = [
            .file(.text("a text")), .file(.pattern(seed: 11, size: writing.longSize)), .file(.bytes([])),
        ]
        return (files + traits.otherEntries).enumerated().map { number, entry in
            ("entry \(number)\(entry.content?.size == 6 ? ".txt" : "")", entry)
        }
    }

    /// Lets the process die at its first note, its second and so on, and asks again each time, as the next one would.
    ///
    /// - Parameter body: Is called twice per number, the second time with what is left of the first one's notes.
    fileprivate func dieAtEveryNote(
        _ death: TestLedger.Death,
        _ body: (_ number: Int, TestLedger) throws -> Void
    ) throws {
        for number in 1...1000 {
            let ledger = TestLedger()
            ledger.die(atNote: number, death)
            do {
                try body(number, ledger)
                try require(ledger.notesTaken < number, "goes on after its note \(number) was not kept")
                return
            } catch let error as StoreError {
                try require(error.code == .localFailure, "fails with \(error)")
            }
            try body(number, TestLedger(lastNote: ledger.lastNote))
        }
        try require(false, "takes notes without end")
    }
}
