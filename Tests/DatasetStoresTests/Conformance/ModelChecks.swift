import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

extension StoreConformance {
    static let modelChecks = [
        StoreCheck(writing: "is after any changes what a model of it is") { subject in
            try withSeed("any changes") { generator throws in
                var model = Model(subject: subject, tree: subject.tree)
                for step in 1...subject.writing.randomSteps {
                    try model.step(&generator)
                    if step.isMultiple(of: 50) { try subject.requireAll(of: model.tree) }
                }
                try subject.requireAll(of: model.tree)
            }
        }
    ]
}

/// A store and what it should hold, changed together.
private struct Model {
    let subject: StoreSubject
    var tree: ReferenceTree

    mutating func step(_ generator: inout SeededGenerator) throws {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<4: try create(&generator)
        case 4..<6: try replace(&generator)
        case 6..<8: try remove(&generator)
        default: try rename(&generator)
        }
    }

    private mutating func create(_ generator: inout SeededGenerator) throws {
        guard let path = free(&generator) else { return }
        let isDirectory = subject.traits.holdsEmptyDirectories && Bool.random(using: &generator)
        let entry: ReferenceTree.Entry = isDirectory ? .directory : .file(content(&generator))
        let node = try subject.create(entry.creation, path.name, in: path.parent, entry.content)
        try require(node.name.isSameText(path.name), "“\(path)” is called “\(node.name)”")
        tree.add(entry, at: path)
    }

    private mutating func replace(_ generator: inout SeededGenerator) throws {
        guard let path = tree.files.randomElement(using: &generator) else { return }
        let new = content(&generator)
        let node = try subject.replace(try subject.node(path), with: new)
        try require(node.size == new.size, "“\(path)” has size \(node.size ?? 0)")
        tree.change(path) { _ in new }
    }

    private mutating func remove(_ generator: inout SeededGenerator) throws {
        guard let path = tree.paths.randomElement(using: &generator) else { return }
        let node = try subject.node(path)
        guard tree.children(of: path).isEmpty else { return try requireFailure(.conflict) { try subject.remove(node) } }
        // What is left at the top is where the next ones go.
        guard !path.parent.text.isEmpty else { return }
        try subject.remove(node)
        tree.remove(path)
    }

    private mutating func rename(_ generator: inout SeededGenerator) throws {
        guard subject.store.traits.renaming == .anywhere, let target = free(&generator),
            let path = tree.paths.filter({ !$0.parent.text.isEmpty }).randomElement(using: &generator),
            !target.text.utf8.starts(with: "\(path.text)/".utf8)
        else { return }
        _ = try subject.rename(try subject.node(path), to: target.name, in: target.parent)
        tree.move(path, to: target)
    }

    /// A path at which nothing is, in a directory that is there.
    private func free(_ generator: inout SeededGenerator) -> ReferenceTree.Path? {
        guard let parent = tree.directories.randomElement(using: &generator) else { return nil }
        let name = ["a", "b.txt", "c d", "e\u{301}", "\u{E9}"].randomElement(using: &generator) ?? "a"
        let path = parent.child(name)
        return tree[path] == nil ? path : nil
    }

    private func content(_ generator: inout SeededGenerator) -> ReferenceContent {
        .pattern(seed: generator.next(), size: .random(in: 0...20_000, using: &generator))
    }
}
