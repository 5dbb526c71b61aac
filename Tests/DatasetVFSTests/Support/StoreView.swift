import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport

/// What another client finds in a store: every path with what is there.
struct StoreView: Equatable, CustomStringConvertible {
    enum Thing: Equatable {
        case directory
        case file([UInt8])
        case link(String)
    }

    private(set) var things: [String: [Thing]] = [:]

    init(_ store: any Store) throws(StoreError) {
        try add(.root, "", of: store)
    }

    private mutating func add(_ location: Location, _ path: String, of store: any Store) throws(StoreError) {
        var cursor: Cursor?
        repeat {
            let page = try store.children(of: location, after: cursor, until: Cancellation())
            for node in page.nodes {
                let own = path.isEmpty ? node.name : "\(path)/\(node.name)"
                switch node.kind {
                case .directory:
                    things[own, default: []].append(.directory)
                    try add(node.location, own, of: store)
                case .link(let target): things[own, default: []].append(.link(target))
                case .file: things[own, default: []].append(.file(try Self.bytes(node.location, of: store)))
                }
            }
            cursor = page.next
        } while cursor != nil
    }

    static func bytes(_ location: Location, of store: any Store) throws(StoreError) -> [UInt8] {
        let node = try store.node(at: location, until: Cancellation())
        let sink = CollectingSink()
        let range = ByteRange(offset: 0, count: node.size ?? 0)
        if !range.isEmpty { try store.read(range, of: node, into: sink, until: Cancellation()) }
        return sink.bytes
    }

    /// The paths of everything, a path that stands twice twice.
    var paths: [String] { things.flatMap { path, all in all.map { _ in path } }.sorted() }

    /// The text of the only file at a path; nil when it is none, or there are several.
    subscript(path: String) -> String? {
        guard let all = things[path], all.count == 1, case .file(let bytes) = all[0] else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    var description: String {
        paths.map { path in
            switch things[path]?.first {
            case .file(let bytes): "\(path) (\(bytes.count))"
            case .directory: "\(path)/"
            default: path
            }
        }.joined(separator: ", ")
    }
}

extension Mounted {
    /// What the store holds now.
    func atStore() throws(StoreError) -> StoreView { try StoreView(base) }
}

extension Gufe.MemoryStore {
    /// What another client does: it creates or replaces.
    func put(_ text: String, at path: String) throws(StoreError) {
        try storeBytes(Array(text.utf8), at: Location(path))
    }
}
