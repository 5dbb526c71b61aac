package import DatasetModel
package import DatasetSync

/// Blocks of content on the local disk, by store, location and version; all of it may be lost at any time.
///
/// Whole contents go when room is needed, those first that nobody has used for longest.
package final class BlockCache: Sendable {
    /// Bytes of every block but a content's last.
    package let blockSize: Int
    let directory: CacheDirectory
    private let flights = SingleFlight<ContentName, CachedContent, Never>()

    /// Opens or makes the cache in `directory`, which one process owns at a time.
    ///
    /// - Parameter capacity: Bytes that all contents together may take up on the disk.
    /// - Parameter reserve: Bytes that stay free on the disk whatever the capacity.
    /// - Throws: `.busy` with the number of the process that owns the directory, `.disk` when it cannot be made.
    package init(
        directory: String,
        blockSize: Int = 65_536,
        capacity: UInt64,
        reserve: UInt64,
        time: any TimeSource = SystemTime(),
        onWarning: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(CacheError) {
        // Beyond these a block is no unit of transfer any more, and its length must fit the header.
        self.blockSize = min(max(blockSize, 512), 1 << 24)
        self.directory = try CacheDirectory(
            path: directory,
            eviction: Eviction(capacity: capacity, reserve: reserve),
            time: time,
            onWarning: onWarning
        )
    }

    /// What the cache takes up on the disk, and the number of contents in it.
    package var usage: (bytes: UInt64, files: Int) { directory.usage }

    /// The content of `key` as far as it is here; all who open one key at a time share one object.
    ///
    /// Where the disk fails, a content that keeps nothing (``CachedContent/isVolatile``), and a warning.
    package func open(_ key: ContentKey, size: UInt64) -> CachedContent {
        let name = ContentName(key)
        let header = MapHeader(blockSize: blockSize, size: size, key: key.bytes)
        if size > 0, size <= UInt64(Int64.max), header.key.count <= MapHeader.longestKey {
            // What is live may be another content of the same hash, or of a size that the store took back.
            if let content = directory.openContent(name) ?? share(name, header), content.header == header {
                return content
            }
        }
        return CachedContent(volatile: name, size: size, blockSize: blockSize, in: directory)
    }

    /// Drops all versions of one thing; who has one open goes on with an empty content.
    package func remove(location: Location, identity: String) {
        directory.remove(place: ContentName.place(identity: identity, location: location))
    }

    /// Opens the files once, however many threads ask.
    private func share(_ name: ContentName, _ header: MapHeader) -> CachedContent? {
        let outcome = flights.run(name, until: Cancellation()) { _ in
            directory.openContent(name) ?? load(name, header)
        }
        guard case .success(let content) = outcome else { return nil }
        return content
    }

    private func load(_ name: ContentName, _ header: MapHeader) -> CachedContent {
        let volatile = CachedContent(volatile: name, size: header.size, blockSize: blockSize, in: directory)
        guard directory.begin(name) else { return volatile }
        do {
            let (files, map) = try BlockFiles.open(
                name,
                in: directory.path,
                header: header,
                blockCount: volatile.blockCount
            )
            let content = CachedContent(name, header: header, files: files, map: map, in: directory)
            directory.register(content, as: name, bytes: files.allocatedBytes)
            return content
        } catch {
            directory.abandon(name)
            directory.warn("cannot open a content: \(error.message)")
            return volatile
        }
    }
}
