internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Glibc

extension VirtualFileSystem {
    /// The value of `user.…`; names outside that space never come here.
    package func attribute(_ name: String, of inode: Inode, _ context: CallContext) throws(VFSError) -> [UInt8] {
        guard !isControl(inode) else { throw .noData }
        let path = path(of: inode.rawValue)
        let subject = try recording("getxattr", at: path) { () throws(VFSError) -> AttributePolicy.Subject in
            try self.subject(inode, path: path, completing: name, context.cancellation)
        }
        guard let value = AttributePolicy.value(of: name, for: subject) else { throw .noData }
        return Array(value.utf8)
    }

    package func attributeNames(of inode: Inode, _ context: CallContext) throws(VFSError) -> [String] {
        guard !isControl(inode) else { return [] }
        let subject = try self.subject(inode, path: path(of: inode.rawValue), completing: nil, context.cancellation)
        return AttributePolicy.names(for: subject, all: options.listsAllAttributes)
    }

    /// Descriptions and tags go to the store; some names are commands.
    package func setAttribute(_ name: String, to value: [UInt8], of inode: Inode, _ context: CallContext)
        throws(VFSError)
    {
        guard !isControl(inode) else { throw .readOnly }
        try recording("setxattr", at: path(of: inode.rawValue)) { () throws(VFSError) in
            guard let command = AttributeCommand(rawValue: name) else {
                try refuseDescribing(inode)
                return try describe(inode, AttributePolicy.change(name, value), context)
            }
            let text = String(decoding: value, as: UTF8.self).filter { !$0.isWhitespace }
            if let id = command.change(text, of: inode) {
                return try command == .retry ? retry(id) : discard(id, context)
            }
            guard command.takesSeconds || text == "1" else {
                throw VFSError(StoreError(.invalid, "\(name) takes the value 1"))
            }
            let fact = try catalog.fact(inode.rawValue)
            switch command {
            case .refresh: try refresh(fact, context.cancellation)
            case .evict: evict(fact)
            case .sync, .drain:
                guard let seconds = Double(text), seconds >= 0, seconds <= 1e9 else {
                    throw VFSError(StoreError(.invalid, "\(name) takes seconds to wait"))
                }
                try synchronize(inode, within: .seconds(seconds), isLast: command == .drain, context)
            case .retry: try retry(fact)
            case .discard: try discard(fact, context)
            }
        }
    }

    package func removeAttribute(_ name: String, of inode: Inode, _ context: CallContext) throws(VFSError) {
        guard !isControl(inode) else { throw .readOnly }
        try recording("removexattr", at: path(of: inode.rawValue)) { () throws(VFSError) in
            _ = try writeSide()
            guard try attribute(name, of: inode, context).isEmpty == false else { throw .noData }
            try describe(inode, AttributePolicy.change(name, []), context)
        }
    }

    private enum AttributeCommand: String {
        case refresh = "user.datasetfs.refresh"
        case evict = "user.datasetfs.evict"
        case sync = "user.datasetfs.sync"
        case drain = "user.datasetfs.drain"
        case retry = "user.datasetfs.retry"
        case discard = "user.datasetfs.discard"

        var takesSeconds: Bool { self == .sync || self == .drain }

        /// On the mount point `id:N` names one change by its number in the queue.
        func change(_ value: String, of inode: Inode) -> ChangeID? {
            guard self == .retry || self == .discard, inode == .root, value.hasPrefix("id:") else { return nil }
            return Int64(value.dropFirst(3)).map(ChangeID.init(rawValue:))
        }
    }

    private func refresh(_ fact: Fact, _ cancellation: Cancellation) throws(VFSError) {
        if let address = CollectionAddress(fact.location) { collections.shelf.forget(address.archive) }
        if fact.kind == .directory {
            catalog.absentNames.forget(in: fact.inode)
            try catalog.refreshListing(of: fact, until: cancellation)
        } else {
            _ = try catalog.refresh(fact, until: cancellation)
        }
    }

    private func subject(
        _ inode: Inode,
        path: String,
        completing name: String?,
        _ cancellation: Cancellation
    ) throws(VFSError) -> AttributePolicy.Subject {
        var fact = try catalog.fact(inode.rawValue)
        // A listing tells no versions and digests; who asks for one of them by name gets the whole answer.
        if let name, AttributePolicy.needsWholeNode(name), fact.version == nil, isWorthAsking(fact) {
            fact = try catalog.refresh(fact, until: cancellation)
        }
        guard let known = try catalog.node(of: fact) else { throw .stale }
        let node = name != nil || options.listsAllAttributes ? withAttributes(known, until: cancellation) : known
        var subject = AttributePolicy.Subject(node: node)
        let error = errors.last(at: path)
        subject.error = error.map { "\($0.operation): \($0.cause.message)" }
        switch fact.kind {
        // An error from before the store last spoke of the file is history.
        case .file:
            let failed = error.map { $0.time >= fact.knownAt } == true
            subject.state = stateOfWriting(fact) ?? (failed ? .error : state(of: fact))
        case .link: break
        case .directory:
            let count = try catalog.local { () throws(CacheError) in
                try catalog.facts.listing(of: fact.inode) == nil ? nil : try catalog.facts.childCount(of: fact.inode)
            }
            subject.files = count?.files
            subject.bytes = count.flatMap { $0.unknownSizes == 0 ? $0.bytes : nil }
            subject.total = name.map(AttributePolicy.isTotal) == true ? try total(below: fact) : nil
        }
        return subject
    }

    private func state(of fact: Fact) -> AttributePolicy.State {
        guard let version = fact.version, let size = fact.size else { return .remote }
        return contents.state(of: fact.location, version, size: size)
    }
}
