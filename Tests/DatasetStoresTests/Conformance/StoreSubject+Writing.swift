import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

extension StoreSubject {
    /// - Parameters:
    ///   - path: Of a directory that is there.
    ///   - store: Instead of the one under test: that one behind a decorator.
    func create(
        _ kind: Creation.Kind,
        _ name: String,
        in path: ReferenceTree.Path,
        _ content: (any StagedContent)? = nil,
        _ ledger: any UploadLedger = TestLedger(),
        by store: (any Store)? = nil,
        until cancellation: Cancellation? = nil
    ) throws -> Node {
        let creation = Creation(kind, named: name, in: try location(of: path))
        return try create(creation, content, ledger, by: store, until: cancellation)
    }

    /// Creates a file.
    func create(
        _ name: String,
        in path: ReferenceTree.Path,
        _ content: (any StagedContent)? = nil,
        _ ledger: any UploadLedger = TestLedger(),
        by store: (any Store)? = nil,
        until cancellation: Cancellation? = nil
    ) throws -> Node {
        try create(.file, name, in: path, content, ledger, by: store, until: cancellation)
    }

    func create(
        _ creation: Creation,
        _ content: (any StagedContent)? = nil,
        _ ledger: any UploadLedger = TestLedger(),
        by store: (any Store)? = nil,
        until cancellation: Cancellation? = nil
    ) throws -> Node {
        let store = store ?? self.store
        try store.check(creation)
        return try store.create(creation, content: content, ledger: ledger, until: cancellation ?? patience)
    }

    func replace(
        _ node: Node,
        with content: any StagedContent,
        _ ledger: any UploadLedger = TestLedger(),
        by store: (any Store)? = nil,
        until cancellation: Cancellation? = nil
    ) throws -> Node {
        let version = node.version ?? Version("none was told")
        return try (store ?? self.store).replace(
            node.location,
            version: version,
            with: content,
            ledger: ledger,
            until: cancellation ?? patience
        )
    }

    func remove(_ node: Node) throws {
        try store.remove(node.location, version: node.version, until: patience)
    }

    func names(in path: ReferenceTree.Path) throws -> [ReferenceTree.Path] {
        try children(of: path).map { ReferenceTree.Path($0.name) }.sorted()
    }

    /// What a call that wrote returned is what the store tells, shows once, and gives back.
    func requireShown(
        _ node: Node,
        as name: String,
        in path: ReferenceTree.Path,
        _ entry: ReferenceTree.Entry,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let shown = path.child(name)
        try require(node.name.isSameText(name), "“\(shown)” is called “\(node.name)”", sourceLocation: sourceLocation)
        var (told, answered) = (try self.node(at: node.location), node)
        // How much comes along with the facts may differ.
        (told.inlineContent, answered.inlineContent) = (nil, nil)
        try require(told == answered, "it returned \(answered) and tells \(told)", sourceLocation: sourceLocation)
        let listed = try listed(shown)
        try require(listed.location == node.location, "lists \(listed.location)", sourceLocation: sourceLocation)
        switch entry {
        case .directory: try require(node.kind == .directory, "it is \(node.kind)", sourceLocation: sourceLocation)
        case .link(let target):
            try require(node.kind == .link(target: target), "it is \(node.kind)", sourceLocation: sourceLocation)
        case .file(let content):
            try require(node.kind == .file, "it is \(node.kind)", sourceLocation: sourceLocation)
            try require(node.version != nil, "“\(shown)” has no version", sourceLocation: sourceLocation)
            try require(node.size == content.size, "its size is \(node.size ?? 0)", sourceLocation: sourceLocation)
            try verify(content.wholeRange, of: node, against: content)
        }
    }

    /// Everything a listing tells of the tree is what the tree says, contents included.
    func requireAll(of tree: ReferenceTree) throws {
        for directory in [ReferenceTree.Path("")] + tree.directories {
            let names = try names(in: directory)
            try require(names == tree.children(of: directory), "“\(directory)” lists \(names)")
            for listed in try children(of: directory) {
                let path = directory.child(listed.name)
                guard let content = tree.content(of: path) else { continue }
                let node = try node(at: listed.location)
                try require(node.size == content.size, "“\(path)” has size \(node.size ?? 0), not \(content.size)")
                try verify(content.wholeRange, of: node, against: content)
            }
        }
    }

    /// Runs `body` on as many threads at once.
    ///
    /// - Returns: What each answered, in the order of their numbers.
    func onThreads<Answer: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Answer) throws
        -> [Result<Answer, any Error>]
    {
        let outcomes = Monitor<[Int: Result<Answer, any Error>]>([:])
        let threads = (0..<count).map { number in
            OwnedThread(name: "writer-\(number)") {
                let outcome = Result { try body(number) }
                outcomes.update { $0[number] = outcome }
            }
        }
        for thread in threads { thread?.join() }
        let answers = outcomes.withLock { outcomes in (0..<count).compactMap { outcomes[$0] } }
        try require(answers.count == count, "the system has no thread left for a test")
        return answers
    }
}

extension FixtureTraits {
    /// Everything that can be created beside a file.
    var otherEntries: [ReferenceTree.Entry] {
        (holdsEmptyDirectories ? [.directory] : []) + (linkTarget.map { [.link(target: $0)] } ?? [])
    }
}

extension ReferenceTree.Entry {
    var creation: Creation.Kind {
        switch self {
        case .directory: .directory
        case .file: .file
        case .link(let target): .link(target: target)
        }
    }

    var content: ReferenceContent? {
        if case .file(let content) = self { content } else { nil }
    }
}
