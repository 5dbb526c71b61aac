package import DatasetModel
package import DatasetSync
internal import Synchronization

extension Gufe {
    /// gufe's `MemoryStorage` as a store: locations and their bytes, kept as long as the object lives.
    ///
    /// A directory is there while a location leads through it, or when it was made as such. No versions but the
    /// present one.
    package final class MemoryStore: Store {
        package let traits: StoreTraits
        let contents = Mutex(Contents())
        let time: any TimeSource
        private let pageSize: Int

        package init(pageSize: Int = 1000, time: any TimeSource = SystemTime()) {
            self.pageSize = max(1, pageSize)
            self.time = time
            // What is in memory is another store each time: nothing cached may be taken for it.
            let number = UInt64.random(in: .min ... .max)
            var traits = StoreTraits(
                identity: "memory:\(String(number, radix: 16))",
                displayName: "memory:",
                listsEverything: true,
                readsRanges: true,
                describesNodes: true
            )
            traits.isWritable = true
            traits.renaming = .anywhere
            traits.listsVersions = true
            self.traits = traits
        }

        @available(*, noasync, message: "this may wait in other stores")
        package func node(at location: Location, until cancellation: Cancellation) throws(StoreError) -> Node {
            try check(cancellation, "Looking up “\(location)”")
            let path = try RelativePath(location)
            guard let node = contents.withLock({ $0.node(at: path) }) else { throw missing(location) }
            return node
        }

        @available(*, noasync, message: "this may wait in other stores")
        package func child(named name: String, of location: Location, until cancellation: Cancellation)
            throws(StoreError) -> Node
        {
            try check(cancellation, "Looking up “\(name)”")
            let candidates = try RelativePath(location).children(named: name)
            let node = contents.withLock { contents in
                candidates.compactMap { contents.node(at: $0) }.first
            }
            guard let node else { throw missing(Location(name)) }
            return node
        }

        /// One page in the order of the names' bytes; the cursor is the last name told.
        @available(*, noasync, message: "this may wait in other stores")
        package func children(of location: Location, after cursor: Cursor?, until cancellation: Cancellation)
            throws(StoreError) -> Page
        {
            try check(cancellation, "Listing “\(location)”")
            let path = try RelativePath(location)
            let last = cursor.map { PathEscape.bytes(of: $0.rawValue) }
            return try contents.withLock { contents throws(StoreError) in
                guard contents.isDirectory(path) else { throw missing(location) }
                let inside = contents.things.keys.filter { $0.isInside(path) }
                let names = Set(inside.map { $0.names[path.names.count] })
                    .filter { name in last.map { $0.lexicographicallyPrecedes(name) } ?? true }
                    .sorted { $0.lexicographicallyPrecedes($1) }
                let told = names.prefix(pageSize)
                return Page(
                    nodes: told.compactMap { contents.node(at: path.child($0)) },
                    next: told.count < names.count ? told.last.map { Cursor(PathEscape.text(of: $0)) } : nil
                )
            }
        }

        @available(*, noasync, message: "this may wait in other stores")
        package func read(_ range: ByteRange, of node: Node, into sink: any ByteSink, until cancellation: Cancellation)
            throws(StoreError)
        {
            guard node.kind == .file, let size = node.size, let version = node.version, range.end <= size else {
                throw StoreError(.invalid, "There is no range \(range) to read in “\(node.location)”")
            }
            let path = try RelativePath(node.location)
            let thing = contents.withLock { $0.things[path] }
            guard case .file(let bytes) = thing?.body, thing?.version == version else {
                throw StoreError(.versionGone, "“\(node.location)” in memory: was changed")
            }
            var offset = Int(range.offset)
            let end = Int(range.end)
            repeat {
                try check(cancellation, "Reading “\(node.location)”")
                let part = offset..<min(offset + 1 << 20, end)
                guard !part.isEmpty else { return }
                guard unsafe bytes.withUnsafeBytes({ unsafe sink.receive(.init(rebasing: $0[part])) }) else {
                    return
                }
                offset = part.upperBound
            } while offset < end
        }

        func missing(_ location: Location) -> StoreError {
            StoreError(.notFound, "“\(location)” in memory: no such location")
        }

        func check(_ cancellation: Cancellation, _ operation: String) throws(StoreError) {
            if let reason = cancellation.reason { throw StoreError(reason, during: operation) }
        }
    }
}
