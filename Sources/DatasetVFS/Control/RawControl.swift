internal import DatasetCache
internal import DatasetModel

/// `raw/`: the collections of a directory as the zip files they are.
struct RawControl: ControlDirectory {
    let system: VirtualFileSystem
    let directory: UInt64

    func child(named name: String, _ context: CallContext) throws(VFSError) -> ControlNode? {
        let parent = try system.catalog.fact(directory)
        // A collection's name may or may not end as the file's does.
        for candidate in [name, String(name.dropLast(4))] where !candidate.isEmpty {
            guard let fact = try system.find(candidate, in: parent, context.cancellation),
                let address = CollectionAddress(fact.location), address.isTop, Self.fileName(of: fact) == name
            else { continue }
            let node = try system.catalog.remote { () throws(StoreError) in
                try system.collections.shelf.node(
                    of: address.archive,
                    isRecent: true,
                    until: context.cancellation
                )
            }
            return .content(node)
        }
        return nil
    }

    func names(_ context: CallContext) throws(VFSError) -> [(name: String, kind: FileKind)] {
        try system.knownChildren(of: directory, context)
            .filter { CollectionAddress($0.location)?.isTop == true }
            .map { (Self.fileName(of: $0), .regular) }
    }

    private static func fileName(of fact: Fact) -> String {
        fact.name.lowercased().hasSuffix(".zip") ? fact.name : fact.name + ".zip"
    }
}
