internal import DatasetArchive
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

/// The collections looked into last: what the store said of each, and their directories.
final class ArchiveShelf: Sendable {
    private struct Key: Hashable {
        var archive: Location
        var version: Version
    }

    private struct State {
        var known: [Location: (node: Node, at: MonotonicTime)] = [:]
        /// Used longest ago first.
        var open: [(key: Key, archive: OpenArchive)] = []
        /// Of those whose directory cannot be made out, why; it is not looked for again.
        var damaged: [Key: StoreError] = [:]
    }

    private let store: any Store
    private let means: OpenArchive.Means
    private let time: any TimeSource
    private let lifetime: Duration
    private let state = Mutex(State())
    private let questions = SingleFlight<Location, Node, StoreError>()
    private let openings = SingleFlight<Key, OpenArchive, StoreError>()

    /// Members of all directories in memory together; the last one alone may have more.
    private static let capacity = 400_000
    private static let archivesKept = 16

    /// - Parameter lifetime: How long what the store said of a collection is believed by who looks for things in it.
    init(store: any Store, means: OpenArchive.Means, time: any TimeSource, lifetime: Duration) {
        self.store = store
        self.means = means
        self.time = time
        self.lifetime = lifetime
    }

    /// The archive as the store tells it.
    ///
    /// - Parameter isRecent: What it said a moment ago will do: one question serves all members.
    @available(*, noasync, message: "this may wait for the network")
    func node(of archive: Location, isRecent: Bool, until cancellation: Cancellation) throws(StoreError) -> Node {
        if isRecent, let known = state.withLock({ $0.known[archive] }), time.now() - known.at < lifetime {
            return known.node
        }
        let outcome = questions.run(archive, until: cancellation) { own throws(StoreError) in
            let node: Node
            do throws(StoreError) {
                node = try store.node(at: archive, until: own)
            } catch {
                if error.code == .notFound { forget(archive) }
                throw error
            }
            let now = time.now()
            state.withLock { state in
                if state.known.count >= 4096 { state.known.removeAll() }
                state.known[archive] = (node, now)
            }
            return node
        }
        guard let outcome else {
            throw StoreError(cancellation.reason ?? .interrupted, during: "asking for \(archive)")
        }
        // What is known is shown when nothing newer can be learnt.
        if case .failure(let error) = outcome, isRecent, error.code.isConnectivity,
            let known = state.withLock({ $0.known[archive] })
        {
            return known.node
        }
        return try outcome.get()
    }

    /// What the store said of that version of an archive, however long ago.
    func known(_ archive: Location, _ version: Version) -> Node? {
        state.withLock { state in
            if let node = state.known[archive]?.node, node.version == version { return node }
            return state.open.first { $0.key == Key(archive: archive, version: version) }?.archive.node
        }
    }

    /// The archive as it was looked into last, if its directory is still in memory.
    func lastOpened(_ archive: Location) -> OpenArchive? {
        state.withLock { state in state.open.last { $0.key.archive == archive }?.archive }
    }

    /// The next question about the archive goes to the store.
    func forget(_ archive: Location) {
        state.withLock { _ = $0.known.removeValue(forKey: archive) }
    }

    /// That version of an archive, with its directory.
    ///
    /// - Throws: `.corrupt` when it is damaged.
    @available(*, noasync, message: "this may wait for the network")
    func open(_ node: Node, until cancellation: Cancellation) throws(StoreError) -> OpenArchive {
        guard let version = node.version, let size = node.size else {
            throw StoreError(.invalid, "“\(node.name)” has no content that could be read")
        }
        let key = Key(archive: node.location, version: version)
        if let known = use(key) { return known }
        let outcome = openings.run(key, until: cancellation) { own throws(StoreError) in
            if let known = use(key) { return known }
            if let damage = state.withLock({ $0.damaged[key] }) { throw damage }
            do throws(ArchiveError) {
                let archive = try OpenArchive(node, size: size, version: version, means, until: own)
                keep(archive, key)
                return archive
            } catch {
                let failure = StoreError(error, in: node.name)
                if error.code != .source, error.code != .interrupted { note(failure, key) }
                throw failure
            }
        }
        guard let outcome else {
            throw StoreError(cancellation.reason ?? .interrupted, during: "looking into “\(node.name)”")
        }
        return try outcome.get()
    }

    private func note(_ damage: StoreError, _ key: Key) {
        state.withLock { state in
            if state.damaged.count >= 1024 { state.damaged.removeAll() }
            state.damaged[key] = damage
        }
    }

    /// Why the archive, as the store told it last, has no directory that could be made out.
    func damage(of archive: Location) -> StoreError? {
        state.withLock { state in
            guard let version = state.known[archive]?.node.version else { return nil }
            return state.damaged[Key(archive: archive, version: version)]
        }
    }

    private func use(_ key: Key) -> OpenArchive? {
        state.withLock { state in
            guard let index = state.open.firstIndex(where: { $0.key == key }) else { return nil }
            let found = state.open.remove(at: index)
            state.open.append(found)
            return found.archive
        }
    }

    private func keep(_ archive: OpenArchive, _ key: Key) {
        // What is let go here ends out of the lock's reach: it gives its content back.
        let gone = state.withLock { state -> [OpenArchive] in
            state.open.append((key, archive))
            var gone: [OpenArchive] = []
            var weight = state.open.reduce(0) { $0 + $1.archive.weight }
            while state.open.count > 1, weight > Self.capacity || state.open.count > Self.archivesKept {
                let oldest = state.open.removeFirst().archive
                weight -= oldest.weight
                gone.append(oldest)
            }
            return gone
        }
        _ = gone
    }

    /// Lets all of them go.
    func clear() {
        let gone = state.withLock { state in
            defer { state = State() }
            return state.open
        }
        _ = gone
    }
}
