import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

extension StoreConformance {
    static let refusalChecks = [
        StoreCheck(writing: "says that it can be written") { subject in
            try require(subject.store.traits.isWritable, "its traits say no")
        },
        StoreCheck(writing: "refuses names that it could not hold, with a remedy") { subject in
            let parent = try subject.location(of: "second")
            for name in subject.writing.refusedNames {
                for kind in [Creation.Kind.file, .directory] {
                    let creation = Creation(kind, named: name, in: parent)
                    try subject.requireRefusal(of: "“\(name)”") { try subject.store.check(creation) }
                    try requireFailure(.invalid, .unsupported) {
                        _ = try subject.store.create(
                            creation,
                            content: nil,
                            ledger: TestLedger(),
                            until: subject.patience
                        )
                    }
                }
            }
            try subject.requireAll(of: subject.tree)
        },
        StoreCheck(writing: "refuses links where it holds none", for: { traits, _ in traits.linkTarget == nil }) {
            subject in
            let creation = Creation(.link(target: "../x"), named: "link", in: try subject.location(of: "second"))

            try subject.requireRefusal(of: "a link") { try subject.store.check(creation) }
        },
        StoreCheck(writing: "changes nothing for who has given up") { subject in
            let cancelled = Cancellation()
            cancelled.cancel()

            try subject.requireEveryChange(with: cancelled, toFail: .interrupted)
        },
        StoreCheck(writing: "changes nothing after the deadline") { subject in
            try subject.requireEveryChange(with: Cancellation(deadline: .after(.zero)), toFail: .timedOut)
        },
        StoreCheck("refuses every change when it can only be read", for: { $0.writing == nil }) { subject in
            guard !subject.store.traits.isWritable else { return }
            let creation = Creation(.file, named: "new.txt", in: try subject.location(of: "second"))
            try requireFailure(.readOnly) { try subject.store.check(creation) }
            try subject.requireEveryChange(with: subject.patience, toFail: .readOnly)
        },
    ]
}

extension StoreSubject {
    fileprivate func requireRefusal(of what: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as StoreError {
            try require([.invalid, .unsupported].contains(error.code), "\(what) fails with \(error)")
            try require(error.remedy != nil || error.code == .unsupported, "\(what) is refused without a remedy")
            return
        }
        try require(false, "\(what) is not refused")
    }

    fileprivate func requireEveryChange(with cancellation: Cancellation, toFail code: StoreError.Code) throws {
        let node = try node("second/text.txt")
        let text = ReferenceContent.text("new")
        let parent = try location(of: "second")
        for kind in [Creation.Kind.file, .directory] {
            try requireFailure(code) {
                _ = try store.create(
                    Creation(kind, named: "new.txt", in: parent),
                    content: kind == .file ? text : nil,
                    ledger: TestLedger(),
                    until: cancellation
                )
            }
        }
        try requireFailure(code) { _ = try replace(node, with: text, until: cancellation) }
        try requireFailure(code) { try store.remove(node.location, version: node.version, until: cancellation) }
        if store.traits.renaming == .anywhere {
            try requireFailure(code) {
                _ = try store.rename(node.location, to: "other.txt", in: parent, until: cancellation)
            }
        }
        try requireFailure(code, .unsupported) {
            _ = try store.setAttributes(AttributeChange(description: "x"), of: node.location, until: cancellation)
        }
        try requireAll(of: tree)
    }
}
