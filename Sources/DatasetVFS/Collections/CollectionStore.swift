internal import DatasetArchive
package import DatasetModel
package import DatasetSync
internal import Synchronization

/// A store whose zip collections are directories, over one where they are files.
///
/// Two difficulties:
/// 1. What is in an archive has no address at the store: it gets one made of the archive's and a path
///    (``CollectionAddress``), and a version that names the archive's (``MemberVersion``), so that a reader stays with the
///    archive it began to read.
/// 2. Thousands of members change together: one question about the archive answers for all of them (``ArchiveShelf``).
package final class CollectionStore: Store {
    /// Hears of a collection that cannot be shown whole.
    typealias Report = @Sendable (_ collection: Location, StoreError) -> Void

    let inner: any Store
    let policy: ArchivePolicy
    let shelf: ArchiveShelf
    private struct Listener {
        var report: Report?
        /// What was told already; a listing is made again and again.
        var told: Set<String> = []
    }

    private let listener = Mutex(Listener())

    init(_ inner: any Store, policy: ArchivePolicy, shelf: ArchiveShelf) {
        self.inner = inner
        self.policy = policy
        self.shelf = shelf
    }

    func attach(_ report: @escaping Report) { listener.withLock { $0.report = report } }

    package var traits: StoreTraits { inner.traits }

    package var powers: StorePowers { inner.powers }

    package func node(at location: Location, until cancellation: Cancellation) throws(StoreError) -> Node {
        guard let address = CollectionAddress(location) else {
            return try inner.node(at: location, until: cancellation)
        }
        if address.isTop {
            let node = try shelf.node(of: address.archive, isRecent: false, until: cancellation)
            guard policy.opens(node) else { throw absent(location) }
            return shown(node)
        }
        let archive = try archive(address, until: cancellation)
        guard let place = archive.place(at: address.path), var node = archive.node(place, at: address.path) else {
            throw absent(location)
        }
        if case .link = node.kind, let index = archive.tree.nodes[place].member {
            node.kind = .link(target: try archive.target(index, at: place, until: cancellation))
        }
        return node
    }

    /// What is known of a member besides what `stat` shows.
    @available(*, noasync, message: "this may wait for the network")
    func attributes(of location: Location, until cancellation: Cancellation) throws(StoreError) -> Attributes {
        guard let address = CollectionAddress(location), !address.isTop else { throw absent(location) }
        let archive = try archive(address, until: cancellation)
        guard let place = archive.place(at: address.path), let node = archive.node(place, at: address.path) else {
            throw absent(location)
        }
        return node.attributes
    }

    package func children(of location: Location, after cursor: Cursor?, until cancellation: Cancellation)
        throws(StoreError) -> Page
    {
        guard let address = CollectionAddress(location) else {
            var page = try inner.children(of: location, after: cursor, until: cancellation)
            page.nodes = page.nodes.map(shown)
            return page
        }
        do throws(StoreError) {
            let archive = try archive(address, until: cancellation)
            if address.isTop { reportProblems(of: archive) }
            guard let nodes = archive.children(of: address.path) else { throw absent(location) }
            return Page(nodes: nodes)
        } catch {
            // A damaged archive is a directory in which nothing can be shown; the file itself lies below `.datasetfs/raw`.
            guard address.isTop, let damage = shelf.damage(of: address.archive) else { throw error }
            report(address.archive, damage, once: damage.message)
            return Page(nodes: [])
        }
    }

    package func child(named name: String, of location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        guard let address = CollectionAddress(location) else {
            return shown(try inner.child(named: name, of: location, until: cancellation))
        }
        let path = address.isTop ? name : "\(address.path)/\(name)"
        return try node(at: CollectionAddress(address.archive, path: path).location, until: cancellation)
    }

    package func read(_ range: ByteRange, of node: Node, into sink: any ByteSink, until cancellation: Cancellation)
        throws(StoreError)
    {
        guard let address = CollectionAddress(node.location) else {
            return try inner.read(range, of: node, into: sink, until: cancellation)
        }
        guard let told = node.version.flatMap(MemberVersion.init) else {
            throw StoreError(.versionGone, "the version named is none of a collection's", remedy: "Open it again.")
        }
        try shelf.open(archive(address.archive, as: told), until: cancellation)
            .read(range, of: told, from: inner, into: sink, until: cancellation)
    }

    /// The archive of that version, which need not be the store's current one.
    private func archive(_ location: Location, as told: MemberVersion) -> Node {
        if let known = shelf.known(location, told.archive) { return known }
        var node = Node(location: location, name: "the collection", kind: .file, size: told.archiveSize)
        node.version = told.archive
        return node
    }

    /// The archive as it is now: for its top as the store says this moment, for what lies in it as it said lately.
    private func archive(_ address: CollectionAddress, until cancellation: Cancellation) throws(StoreError)
        -> OpenArchive
    {
        let node = try shelf.node(of: address.archive, isRecent: !address.isTop, until: cancellation)
        guard policy.opens(node) else { throw absent(address.location) }
        return try shelf.open(node, until: cancellation)
    }

    /// A file that stands for a directory, as that directory; anything else as it is.
    func shown(_ node: Node) -> Node {
        guard policy.opens(node) else { return node }
        var directory = node
        directory.location = CollectionAddress(node.location).location
        directory.name = ArchivePolicy.directoryName(of: node)
        directory.kind = .directory
        directory.size = nil
        directory.inlineContent = nil
        return directory
    }

    func absent(_ location: Location) -> StoreError {
        let path = CollectionAddress(location)?.path ?? ""
        return StoreError(.notFound, path.isEmpty ? "there is no such collection" : "the collection has no “\(path)”")
    }

    // MARK: - What cannot be shown

    private func reportProblems(of archive: OpenArchive) {
        guard let first = archive.tree.problems.first else { return }
        let count = archive.tree.problems.count + archive.tree.omittedProblems
        let others = count > 1 ? "; \(count - 1) more of its members are not shown as they are" : ""
        report(
            archive.node.location,
            StoreError(
                .corrupt,
                "in “\(archive.node.name)” \(first)\(others)",
                remedy: "The archive itself lies below .datasetfs/raw beside the collection."
            ),
            once: archive.version.rawValue
        )
    }

    private func report(_ archive: Location, _ error: StoreError, once mark: String) {
        let report = listener.withLock { listener -> Report? in
            if listener.told.count >= 1024 { listener.told.removeAll() }
            guard listener.told.insert("\(archive.rawValue)\n\(mark)").inserted else { return nil }
            return listener.report
        }
        report?(CollectionAddress(archive).location, error)
    }
}
