package import DatasetModel
package import DatasetSync
internal import Synchronization

/// A store that is not asked while it is known to be unreachable: calls fail at once with `.offline`.
package final class OfflineGate: Store {
    let store: any Store
    private let time: any TimeSource
    private let connectivity = Mutex(Connectivity())

    package init(_ store: any Store, time: any TimeSource = SystemTime()) {
        self.store = store
        self.time = time
    }

    package var traits: StoreTraits { store.traits }

    package var isOffline: Bool { connectivity.withLock { $0.isOffline } }

    package func node(at location: Location, until cancellation: Cancellation) throws(StoreError) -> Node {
        try pass(cancellation) { cancellation throws(StoreError) in
            try store.node(at: location, until: cancellation)
        }
    }

    package func children(of location: Location, after cursor: Cursor?, until cancellation: Cancellation)
        throws(StoreError) -> Page
    {
        try pass(cancellation) { cancellation throws(StoreError) in
            try store.children(of: location, after: cursor, until: cancellation)
        }
    }

    package func child(named name: String, of location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        try pass(cancellation) { cancellation throws(StoreError) in
            try store.child(named: name, of: location, until: cancellation)
        }
    }

    package func read(_ range: ByteRange, of node: Node, into sink: any ByteSink, until cancellation: Cancellation)
        throws(StoreError)
    {
        try pass(cancellation) { cancellation throws(StoreError) in
            try store.read(range, of: node, into: sink, until: cancellation)
        }
    }

    func pass<Answer>(
        _ cancellation: Cancellation,
        _ body: (Cancellation) throws(StoreError) -> Answer
    ) throws(StoreError) -> Answer {
        let (permission, limit) = connectivity.withLock { ($0.ask(at: time.now()), $0.probeLimit) }
        switch permission {
        case .refused: throw offline
        case .go: return try report(permission) { () throws(StoreError) in try body(cancellation) }
        case .probe: return try probe(within: limit, cancellation, body)
        }
    }

    /// The one call that looks whether the store is back is not to wait as long as it would wait for a store that is.
    private func probe<Answer>(
        within limit: Duration,
        _ cancellation: Cancellation,
        _ body: (Cancellation) throws(StoreError) -> Answer
    ) throws(StoreError) -> Answer {
        let brief = Cancellation(deadline: cancellation.deadline.earlier(.after(limit)))
        let registration = cancellation.onCancel { brief.cancel() }
        defer { cancellation.forget(registration) }
        do throws(StoreError) {
            return try report(.probe) { () throws(StoreError) in try body(brief) }
        } catch {
            throw error.code.isConnectivity && !cancellation.isCancelled ? offline : error
        }
    }

    private func report<Answer>(
        _ permission: Connectivity.Permission,
        _ body: () throws(StoreError) -> Answer
    ) throws(StoreError) -> Answer {
        do throws(StoreError) {
            let answer = try body()
            connectivity.withLock { $0.report(nil, after: permission, at: time.now()) }
            return answer
        } catch {
            connectivity.withLock { $0.report(error.code, after: permission, at: time.now()) }
            throw error
        }
    }

    private var offline: StoreError {
        StoreError(
            .offline,
            "\(traits.displayName) cannot be reached; it is tried again every few seconds",
            remedy: "What was read before still reads; check the network or the store's address."
        )
    }
}
