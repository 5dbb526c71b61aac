import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

extension StoreConformance {
    static let replacementChecks = [
        StoreCheck(writing: "replaces a content by any other, again and again") { subject in
            var node = try subject.node("second/text.txt")
            var versions = [node.version]
            for (round, size) in subject.writing.sizes.enumerated() {
                let content = ReferenceContent.pattern(seed: UInt64(700 + round), size: size)

                let new = try subject.replace(node, with: content)

                try subject.requireShown(new, as: "text.txt", in: "second", .file(content))
                if subject.writing.keepsLocationOnReplacement {
                    try require(new.location == node.location, "it went from \(node.location) to \(new.location)")
                }
                node = new
                versions.append(new.version)
            }
            try require(Set(versions).count == versions.count, "two contents share a version: \(versions)")
            try require(try subject.names(in: "second") == ["text.txt"], "lists more")
        },
        StoreCheck(writing: "replaces what it has just created or replaced") { subject in
            var node = try subject.create("new.bin", in: "second", ReferenceContent.pattern(seed: 0, size: 500))
            for round in 1...10 as ClosedRange<UInt64> {
                let content = ReferenceContent.pattern(seed: round, size: 500)
                node = try subject.replace(node, with: content)
                try subject.requireShown(node, as: "new.bin", in: "second", .file(content))
            }
        },
        StoreCheck(writing: "never gives new bytes for a version that it replaced") { subject in
            let old = try subject.content("first/pattern.bin")
            let node = try subject.node("first/pattern.bin")
            _ = try subject.replace(node, with: ReferenceContent.pattern(seed: 12, size: old.size))

            let sink = VerifyingSink(old)
            do {
                try subject.read(old.wholeRange, of: node, into: sink)
                try require(sink.mismatch == nil, "new bytes came at \(sink.mismatch ?? 0)")
            } catch let error as StoreError {
                try require(error.code == .versionGone, "fails with \(error)")
            }
        },
        StoreCheck(writing: "replaces nothing that somebody else has changed") { subject in
            let node = try subject.node("second/text.txt")
            let theirs = ReferenceContent.text("theirs")
            try subject.fixture.put(.file(theirs), at: "second/text.txt")

            try requireFailure(.conflict) { _ = try subject.replace(node, with: ReferenceContent.text("ours")) }

            let now = try subject.node("second/text.txt")
            try subject.verify(theirs.wholeRange, of: now, against: theirs)
            try require(try subject.names(in: "second") == ["text.txt"], "lists more")
        },
        StoreCheck(writing: "replaces nothing that somebody else changes in the meantime") { subject in
            let node = try subject.node("second/text.txt")
            let theirs = ReferenceContent.text("theirs")
            let change = Once { try subject.fixture.put(.file(theirs), at: "second/text.txt") }
            let ours = TappedContent(.pattern(seed: 13, size: subject.writing.longSize), at: 0) { change.run() }

            try requireFailure(.conflict) { _ = try subject.replace(node, with: ours) }

            try require(change.error == nil, "the change failed: \(String(describing: change.error))")
            let now = try subject.node("second/text.txt")
            try subject.verify(theirs.wholeRange, of: now, against: theirs)
        },
        StoreCheck(writing: "replaces nothing that is gone, and makes nothing in its place") { subject in
            let node = try subject.node("second/text.txt")
            try subject.fixture.remove("second/text.txt")

            try requireFailure(.notFound) { _ = try subject.replace(node, with: ReferenceContent.text("ours")) }

            try require(try subject.children(of: "second").isEmpty, "lists something")
        },
        StoreCheck(writing: "lets one of eight that replace the same version win") { subject in
            for round in 0..<5 {
                let node = try subject.node("second/text.txt")
                let answers = try subject.onThreads(8) { number in
                    let content = ReferenceContent.pattern(seed: UInt64(round * 8 + number), size: 30_000)
                    return (try subject.replace(node, with: content), content)
                }

                let winners = answers.compactMap { try? $0.get() }
                try require(winners.count == 1, "\(winners.count) have replaced it")
                try subject.requireShown(winners[0].0, as: "text.txt", in: "second", .file(winners[0].1))
                for case .failure(let error) in answers {
                    try require((error as? StoreError)?.code == .conflict, "another fails with \(error)")
                }
            }
        },
    ]
}
