/// What a tree is after a program changed it.
extension ReferenceTree {
    /// Takes the thing, with all that is in it, to another path, in place of what is there.
    ///
    /// - Precondition: The directory of `target` is in the tree and does not lie in the thing itself.
    package mutating func move(_ path: Path, to target: Path) {
        guard path != target else { return }
        let prefix = Array("\(path.text)/".utf8)
        let inside = entries.filter { $0.key == path || $0.key.text.utf8.starts(with: prefix) }
        remove(path)
        remove(target)
        for (old, entry) in inside.sorted(by: { $0.key < $1.key }) {
            let rest = String(decoding: old.text.utf8.dropFirst(path.text.utf8.count), as: UTF8.self)
            add(entry, at: Path(target.text + rest))
        }
    }

    /// Changes the content of a file that is there.
    package mutating func change(_ path: Path, _ body: (ReferenceContent) -> ReferenceContent) {
        guard let content = content(of: path) else { return }
        addFile(path, body(content))
    }

    package var directories: [Path] { paths.filter { entries[$0] == .directory } }

    package var files: [Path] { paths.filter { content(of: $0) != nil } }
}
