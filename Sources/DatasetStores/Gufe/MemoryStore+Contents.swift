internal import DatasetModel

extension Gufe.MemoryStore {
    /// What is at one location.
    struct Thing: Sendable {
        enum Body: Sendable {
            case file([UInt8])
            case directory
            case link(target: String)
        }

        var body: Body
        /// Of the body: goes up with each that is put there.
        var number: UInt64
        var created: Timestamp
        var modified: Timestamp
        var description: String?
        var tags: [String] = []
        /// The note of the creation or replacement that the body comes from.
        var maker: String?

        var version: Version { Version(String(number)) }

        var isDirectory: Bool {
            if case .directory = body { true } else { false }
        }
    }

    /// INVARIANT: what is inside of something lies in a directory: no path of a file or link is the beginning of another.
    struct Contents: Sendable {
        private(set) var things: [Gufe.RelativePath: Thing] = [:]
        private var lastNumber: UInt64 = 0

        func isDirectory(_ path: Gufe.RelativePath) -> Bool {
            if let thing = things[path] { return thing.isDirectory }
            return path == .root || things.keys.contains { $0.isInside(path) }
        }

        func node(at path: Gufe.RelativePath) -> Node? {
            var node = Node(location: path.location, name: path.name, kind: .directory)
            node.attributes.id = path.location.rawValue
            guard let thing = things[path] else { return isDirectory(path) ? node : nil }
            switch thing.body {
            case .file(let bytes):
                node.kind = .file
                node.size = UInt64(bytes.count)
                node.version = thing.version
            case .directory: break
            case .link(let target): node.kind = .link(target: target)
            }
            node.created = thing.created
            node.modified = thing.modified
            node.attributes.description = thing.description
            node.attributes.tags = thing.tags
            return node
        }

        /// Puts a body where nothing is, or in place of the one that is there.
        mutating func put(_ body: Thing.Body, at path: Gufe.RelativePath, by maker: String? = nil, _ now: Timestamp) {
            lastNumber += 1
            var thing = things[path] ?? Thing(body: body, number: lastNumber, created: now, modified: now)
            thing.body = body
            thing.number = lastNumber
            thing.modified = now
            thing.maker = maker
            things[path] = thing
        }

        mutating func describe(_ path: Gufe.RelativePath, _ change: AttributeChange, _ now: Timestamp) {
            if things[path] == nil { put(.directory, at: path, now) }
            if let text = change.description { things[path]?.description = text.isEmpty ? nil : text }
            if let tags = change.tags { things[path]?.tags = tags }
        }

        /// As gufe's `delete`: a directory that was not made as such goes with the last thing in it.
        @discardableResult
        mutating func remove(_ path: Gufe.RelativePath) -> Thing? {
            things.removeValue(forKey: path)
        }

        /// A directory that is only there because something leads through it stays from now on.
        mutating func keepDirectory(_ path: Gufe.RelativePath, _ now: Timestamp) {
            guard path != .root, things[path] == nil, isDirectory(path) else { return }
            put(.directory, at: path, now)
        }

        /// Takes a thing, with all that is inside of it, to where nothing is.
        mutating func move(_ path: Gufe.RelativePath, to target: Gufe.RelativePath) {
            for (old, thing) in things where old == path || old.isInside(path) {
                things[old] = nil
                things[old.moved(from: path, to: target)] = thing
            }
        }
    }
}
