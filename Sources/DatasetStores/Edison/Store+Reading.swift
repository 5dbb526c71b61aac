package import DatasetModel
package import DatasetSync
internal import Synchronization

extension Edison.Store {
    /// Inline content is served from memory or asked for again, objects from their signed URL.
    package func read(_ range: ByteRange, of node: Node, into sink: any ByteSink, until cancellation: Cancellation)
        throws(StoreError)
    {
        try cancellation.check(during: "reading \(node.location)")
        guard case .file = node.kind, let version = node.version, let size = node.size, range.end <= size else {
            throw StoreError(.invalid, "only a part of a known version of a file can be read")
        }
        guard let told = Edison.EntryVersion(version) else {
            throw StoreError(.versionGone, "the version named is none of this store's", remedy: "Open it again.")
        }
        if range.isEmpty { return }
        if let content = node.inlineContent, UInt64(content.count) == size {
            return Self.send(content, range, to: sink)
        }
        let address = try Edison.Address(node.location)
        let id: String
        var place: String?
        switch address {
        case .entry(let entry): id = entry
        case .object(let entry, let part): (id, place) = (entry, part)
        case .root, .dataset: throw StoreError(.invalid, "a directory cannot be read")
        }
        let key = Edison.ObjectKey(entry: id, revision: told.revision, place: place)
        let isObject = place != nil || node.attributes.storageType == "gcs" || urls.facts(of: key) != nil
        if !isObject, let content = try text(id, version, told, until: cancellation) {
            guard UInt64(content.count) == size else { throw Self.changed(id) }
            return Self.send(content, range, to: sink)
        }
        let reader = Edison.ObjectReader(transport: client.transport, urls: urls, pause: client.pause)
        try reader.read(
            range,
            of: Edison.ObjectReader.Source(key: key, size: size, version: told),
            into: sink,
            until: cancellation
        )
    }

    /// The inline content of that version, nil when the content lies in an object.
    private func text(
        _ id: String,
        _ version: Version,
        _ told: Edison.EntryVersion,
        until cancellation: Cancellation
    ) throws(StoreError) -> [UInt8]? {
        if let known = texts.content(id, version) { return known }
        if told.base.hasPrefix("m:") { return nil }
        let key = RecentTextKey(entry: id, version: version)
        return try texts.flight.shared(key, until: cancellation, during: "reading entry \(id)") {
            own throws(StoreError) in
            if let known = texts.content(id, version) { return known }
            let answer: Edison.EntryAnswer
            do throws(StoreError) {
                answer = try client.entry(id, revision: told.revision, until: own)
            } catch {
                guard error.code == .notFound else { throw error }
                throw Self.changed(id)
            }
            let shape = Edison.Shape(answer, hasChildren: false)
            guard let content = Edison.NodeBuilder.inlineContent(answer, shape) else { return nil }
            let found = Edison.EntryVersion(answer, shape: shape, inlineContent: content).version
            guard found == version else { throw Self.changed(id) }
            texts.keep(content, id, version)
            return content
        }
    }

    private static func changed(_ id: String) -> StoreError {
        StoreError(
            .versionGone,
            "the platform no longer has that version of entry \(id)",
            remedy: "Open the file again."
        )
    }

    private static func send(_ content: [UInt8], _ range: ByteRange, to sink: any ByteSink) {
        _ = unsafe content.withUnsafeBytes { bytes in
            unsafe sink.receive(UnsafeRawBufferPointer(rebasing: bytes[Int(range.offset)..<Int(range.end)]))
        }
    }
}

extension Edison {
    /// Inline contents read last: the platform hands them over whole, readers ask for parts.
    final class RecentTexts: Sendable {
        /// Bytes kept; one text alone may be larger.
        static let capacity = 24 << 20

        let flight = SingleFlight<RecentTextKey, [UInt8]?, StoreError>()
        private let state = Mutex(Recent<RecentTextKey, [UInt8]>(capacity: RecentTexts.capacity))

        func keep(_ content: [UInt8], _ entry: String, _ version: Version) {
            state.withLock {
                $0.set(content, for: RecentTextKey(entry: entry, version: version), cost: content.count + 64)
            }
        }

        func content(_ entry: String, _ version: Version) -> [UInt8]? {
            state.withLock { $0.value(RecentTextKey(entry: entry, version: version)) }
        }
    }
}

/// One version of one entry's inline content.
struct RecentTextKey: Hashable, Sendable {
    var entry: String
    var version: Version
}
