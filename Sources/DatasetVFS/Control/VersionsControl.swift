internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel

/// `versions/`: the files of a directory, each a directory of its revisions.
struct VersionsControl: ControlDirectory {
    let system: VirtualFileSystem
    let directory: UInt64

    func child(named name: String, _ context: CallContext) throws(VFSError) -> ControlNode? {
        let parent = try system.catalog.fact(directory)
        guard let fact = try system.find(name, in: parent, context.cancellation), let location = Self.location(of: fact)
        else { return nil }
        return .directory(RevisionsControl(system: system, location: location))
    }

    func names(_ context: CallContext) throws(VFSError) -> [(name: String, kind: FileKind)] {
        try system.knownChildren(of: directory, context).filter { Self.location(of: $0) != nil }
            .map { ($0.name, .directory) }
    }

    /// Where the store keeps the revisions of it; nil for what has none.
    private static func location(of fact: Fact) -> Location? {
        guard fact.location.pendingID == nil else { return nil }
        if let address = CollectionAddress(fact.location) { return address.isTop ? address.archive : nil }
        return fact.kind == .file ? fact.location : nil
    }
}

/// `versions/NAME/`: each revision of a file by its number, the bytes exactly as they were.
struct RevisionsControl: ControlDirectory {
    let system: VirtualFileSystem
    let location: Location

    func child(named name: String, _ context: CallContext) throws(VFSError) -> ControlNode? {
        guard let store = system.store.powers.versions, let number = Int(name), number >= 0, String(number) == name
        else { return nil }
        do throws(StoreError) {
            return .content(try store.node(at: location, revision: .number(number), until: context.cancellation))
        } catch {
            guard error.code == .notFound else { throw VFSError(error) }
            return nil
        }
    }

    func names(_ context: CallContext) throws(VFSError) -> [(name: String, kind: FileKind)] {
        guard let store = system.store.powers.versions else { return [] }
        let revisions = try system.catalog.remote { () throws(StoreError) in
            try store.revisions(of: location, until: context.cancellation)
        }
        return Set(revisions.map(\.number)).sorted().map { (String($0), .regular) }
    }
}
