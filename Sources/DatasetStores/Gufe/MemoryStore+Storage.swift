package import DatasetModel
internal import DatasetSync
internal import Synchronization

/// The operations of gufe's `ExternalStorage`, with its rules.
extension Gufe.MemoryStore {
    /// Creates or silently replaces.
    ///
    /// - Throws: `.invalid` for what is no location; `.conflict` where a directory would have to be a file or a file a
    ///   directory, as on disk.
    package func storeBytes(_ bytes: [UInt8], at location: Location) throws(StoreError) {
        let path = try Gufe.RelativePath(location)
        let now = Timestamp(nanoseconds: time.wallNanoseconds())
        try contents.withLock { contents throws(StoreError) in
            guard path != .root, contents.canHoldFile(at: path) else {
                throw StoreError(
                    .conflict,
                    "“\(location)” in memory: a file and a directory cannot share a name",
                    remedy: "Choose another location, or delete what is there first."
                )
            }
            contents.put(.file(bytes), at: path, now)
        }
    }

    /// - Throws: `.notFound` (gufe's `MissingExternalResourceError`) when it is not there.
    package func delete(_ location: Location) throws(StoreError) {
        let path = try Gufe.RelativePath(location)
        guard contents.withLock({ $0.isFile(path) && $0.remove(path) != nil }) else { throw missing(location) }
    }

    /// Whether a content is stored there; a directory is none.
    package func exists(_ location: Location) -> Bool {
        guard let path = try? Gufe.RelativePath(location) else { return false }
        return contents.withLock { $0.isFile(path) }
    }

    /// Every location that begins with `prefix`, which need not end at a `/`, in the order of their bytes.
    package func iterContents(prefix: String = "") -> [Location] {
        contents.withLock { contents in
            contents.things.keys.filter { contents.isFile($0) }.map(\.location)
                .filter { $0.rawValue.utf8.starts(with: prefix.utf8) }
                .sorted { $0.rawValue.utf8.lexicographicallyPrecedes($1.rawValue.utf8) }
        }
    }
}

extension Gufe.MemoryStore.Contents {
    fileprivate func isFile(_ path: Gufe.RelativePath) -> Bool {
        if case .file = things[path]?.body { true } else { false }
    }

    /// What is there already is a file, and nothing is inside of one.
    fileprivate func canHoldFile(at path: Gufe.RelativePath) -> Bool {
        if let thing = things[path] { return !thing.isDirectory && isFile(path) }
        return !things.contains { other, thing in
            other.isInside(path) || (path.isInside(other) && !thing.isDirectory)
        }
    }
}
