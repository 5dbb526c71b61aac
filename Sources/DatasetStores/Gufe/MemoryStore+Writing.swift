package import DatasetModel
package import DatasetSync
internal import Synchronization

/// Writing as the file system does it. What it takes something out of stays a directory, unlike after gufe's `delete`.
extension Gufe.MemoryStore {
    package func check(_ creation: Creation) throws(StoreError) {
        try Gufe.check(creation, in: traits)
    }

    @available(*, noasync, message: "this may wait in other stores")
    package func create(
        _ creation: Creation,
        content: (any StagedContent)?,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try check(creation)
        let parent = try Gufe.RelativePath(creation.parent)
        let path = parent.child(Array(creation.name.utf8))
        try check(cancellation, "Creating “\(path.location)”")
        if let node = finished(path, ledger.lastNote) { return node }
        guard node(at: path) == nil else { throw taken(path) }
        let maker = try note(ledger)
        let body: Thing.Body =
            switch creation.kind {
            case .file: .file(try bytes(of: content ?? Gufe.NoContent(), for: path, ledger, cancellation))
            case .directory: .directory
            case .link(let target): .link(target: target)
            }
        return try change { contents, now throws(StoreError) in
            guard contents.isDirectory(parent) else { throw missing(creation.parent) }
            guard contents.node(at: path) == nil else { throw taken(path) }
            contents.keepDirectory(parent, now)
            contents.put(body, at: path, by: maker, now)
            contents.describe(path, AttributeChange(creation), now)
            return contents.node(at: path)
        }
    }

    @available(*, noasync, message: "this may wait in other stores")
    package func replace(
        _ location: Location,
        version: Version,
        with content: any StagedContent,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        let path = try Gufe.RelativePath(location)
        try check(cancellation, "Replacing “\(location)”")
        if let node = finished(path, ledger.lastNote) { return node }
        _ = try thing(at: path, version)
        let maker = try note(ledger)
        let bytes = try bytes(of: content, for: path, ledger, cancellation)
        return try change { contents, now throws(StoreError) in
            try contents.require(version, at: path, or: missing(location))
            contents.put(.file(bytes), at: path, by: maker, now)
            return contents.node(at: path)
        }
    }

    @available(*, noasync, message: "this may wait in other stores")
    package func outcome(of note: String, at location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node?
    {
        finished(try Gufe.RelativePath(location), note)
    }

    @available(*, noasync, message: "this may wait in other stores")
    package func abandon(_ note: String, until cancellation: Cancellation) throws(StoreError) {
        let now = Timestamp(nanoseconds: time.wallNanoseconds())
        contents.withLock { contents in
            guard let path = contents.things.first(where: { $0.value.maker == note })?.key,
                !contents.things.keys.contains(where: { $0.isInside(path) })
            else { return }
            contents.keepDirectory(path.parent, now)
            contents.remove(path)
        }
    }

    @available(*, noasync, message: "this may wait in other stores")
    package func remove(_ location: Location, version: Version?, until cancellation: Cancellation) throws(StoreError) {
        let path = try Gufe.RelativePath(location)
        try check(cancellation, "Removing “\(location)”")
        guard path != .root else { throw StoreError(.invalid, "memory: itself cannot be removed") }
        let now = Timestamp(nanoseconds: time.wallNanoseconds())
        try contents.withLock { contents throws(StoreError) in
            guard let node = contents.node(at: path) else { return }
            if node.kind == .directory, contents.things.keys.contains(where: { $0.isInside(path) }) {
                throw StoreError(.conflict, "“\(location)” in memory: the directory is not empty")
            }
            if node.kind == .file, let version { try contents.require(version, at: path, or: missing(location)) }
            contents.keepDirectory(path.parent, now)
            contents.remove(path)
        }
    }

    @available(*, noasync, message: "this may wait in other stores")
    package func rename(
        _ location: Location,
        to name: String,
        in parent: Location,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try check(Creation(.directory, named: name, in: parent))
        let path = try Gufe.RelativePath(location)
        let directory = try Gufe.RelativePath(parent)
        let target = directory.child(Array(name.utf8))
        try check(cancellation, "Renaming “\(location)”")
        guard path != .root, !target.isInside(path) else {
            throw StoreError(.invalid, "“\(location)” cannot be moved into itself")
        }
        return try change { contents, now throws(StoreError) in
            guard contents.node(at: path) != nil else { throw missing(location) }
            guard contents.isDirectory(directory) else { throw missing(parent) }
            guard contents.node(at: target) == nil else { throw taken(target) }
            contents.keepDirectory(path.parent, now)
            contents.keepDirectory(directory, now)
            contents.move(path, to: target)
            return contents.node(at: target)
        }
    }

    @available(*, noasync, message: "this may wait in other stores")
    package func setAttributes(
        _ change: AttributeChange,
        of location: Location,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        let path = try Gufe.RelativePath(location)
        try check(cancellation, "Describing “\(location)”")
        try Gufe.check(change, of: location, in: traits)
        return try self.change { contents, now throws(StoreError) in
            guard let node = contents.node(at: path) else { throw missing(location) }
            if case .link = node.kind {
                throw StoreError(.unsupported, "“\(location)” is a link: memory: keeps nothing with links")
            }
            contents.describe(path, change, now)
            return contents.node(at: path)
        }
    }
}

extension Gufe.MemoryStore {
    /// - Returns: What this ledger's earlier try has made there, its answer unheard.
    private func finished(_ path: Gufe.RelativePath, _ note: String?) -> Node? {
        guard let note else { return nil }
        return contents.withLock { $0.things[path]?.maker == note ? $0.node(at: path) : nil }
    }

    /// - Returns: What marks the thing as the one that this ledger is about.
    private func note(_ ledger: any UploadLedger) throws(StoreError) -> String {
        if let note = ledger.lastNote { return note }
        let note = "memory " + String(UInt64.random(in: .min ... .max), radix: 16)
        try ledger.note(note)
        return note
    }

    private func bytes(
        of content: any StagedContent,
        for path: Gufe.RelativePath,
        _ ledger: any UploadLedger,
        _ cancellation: Cancellation
    ) throws(StoreError) -> [UInt8] {
        guard let size = Int(exactly: content.size) else {
            throw StoreError(.tooLarge, "“\(path.location)” does not fit into memory")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(1 << 20, size), alignment: 16)
        defer { unsafe buffer.deallocate() }
        while bytes.count < size {
            try check(cancellation, "Writing “\(path.location)”")
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, size - bytes.count)])
            unsafe try content.read(at: UInt64(bytes.count), into: part)
            unsafe bytes.append(contentsOf: part)
            ledger.progress(UInt64(bytes.count))
        }
        try check(cancellation, "Writing “\(path.location)”")
        return bytes
    }

    private func thing(at path: Gufe.RelativePath, _ version: Version) throws(StoreError) {
        try contents.withLock { contents throws(StoreError) in
            try contents.require(version, at: path, or: missing(path.location))
        }
    }

    private func node(at path: Gufe.RelativePath) -> Node? { contents.withLock { $0.node(at: path) } }

    private func taken(_ path: Gufe.RelativePath) -> StoreError {
        StoreError(.conflict, "“\(path.location)” in memory: something is called so already")
    }

    /// - Parameter body: Returns the thing that it changed.
    private func change(_ body: (inout Contents, Timestamp) throws(StoreError) -> Node?) throws(StoreError) -> Node {
        let now = Timestamp(nanoseconds: time.wallNanoseconds())
        let node = try contents.withLock { contents throws(StoreError) in try body(&contents, now) }
        guard let node else { throw StoreError(.localFailure, "memory: lost what was put there") }
        return node
    }
}

extension Gufe.MemoryStore.Contents {
    /// - Throws: `.conflict` when it is another or no file, and `absence` when nothing is there.
    fileprivate func require(_ version: Version, at path: Gufe.RelativePath, or absence: StoreError) throws(StoreError)
    {
        guard let node = node(at: path) else { throw absence }
        guard node.version == version else {
            throw StoreError(
                .conflict,
                "“\(path.location)” in memory: was changed meanwhile",
                remedy: "Look at what is there now before you change it."
            )
        }
    }
}
