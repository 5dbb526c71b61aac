internal import DatasetManifest
internal import DatasetSync
internal import Synchronization

/// A generated description of a directory: the same facts make the same bytes.
struct ViewControl: ControlFile {
    let system: VirtualFileSystem
    let directory: UInt64
    let view: ManifestView

    func content(_ context: CallContext) throws(VFSError) -> [UInt8] {
        let key = ViewMemory.Key(directory: directory, name: view.fileName)
        return try system.views.bytes(key, at: system.time.now()) { () throws(VFSError) in
            view.bytes(of: try system.directoryFacts(directory, context))
        }
    }
}

/// What was made last, for a moment: whoever opens a file has asked for its size before.
final class ViewMemory: Sendable {
    struct Key: Hashable, Sendable {
        var directory: UInt64
        var name: String
    }

    private static let lifetime: Duration = .seconds(1)
    private static let capacity = 8

    private let entries = Mutex<[Key: (bytes: [UInt8], at: MonotonicTime)]>([:])

    func bytes(_ key: Key, at now: MonotonicTime, _ make: () throws(VFSError) -> [UInt8]) throws(VFSError) -> [UInt8] {
        if let known = entries.withLock({ $0[key] }), now - known.at < Self.lifetime { return known.bytes }
        let bytes = try make()
        entries.withLock { entries in
            entries = entries.filter { now - $0.value.at < Self.lifetime }
            if entries.count >= Self.capacity { entries.removeAll() }
            entries[key] = (bytes, now)
        }
        return bytes
    }

    func forget() { entries.withLock { $0.removeAll() } }
}
