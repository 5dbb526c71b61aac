package import DatasetModel
package import DatasetSync

/// A store that is not asked while it is known to be unreachable: calls fail at once with `.offline`.
package final class OfflineGate: Store {
    struct State {
        var connectivity = Connectivity()
        /// Nanoseconds since 1970; nil while the store can be reached.
        var offlineSince: Int64?
        /// Who looks by itself whether the store is back.
        var prober: OwnedThread?
        /// Of the look that is under way.
        var probe: Cancellation?
        var isClosed = false
        /// Heard when the store is lost, and when it is back.
        var listener: @Sendable (_ isOffline: Bool) -> Void = { _ in }
    }

    let store: any Store
    let time: any TimeSource
    let state = Monitor(State())

    package init(_ store: any Store, time: any TimeSource = SystemTime()) {
        self.store = store
        self.time = time
    }

    package var traits: StoreTraits { store.traits }

    package var isOffline: Bool { state.withLock { $0.connectivity.isOffline } }

    /// Nanoseconds since 1970; nil while the store can be reached.
    package var offlineSince: Int64? { state.withLock { $0.offlineSince } }

    /// Says whom to tell, on the thread that finds out, when the store is lost and when it is back.
    func attach(_ listener: @escaping @Sendable (_ isOffline: Bool) -> Void) {
        state.withLock { $0.listener = listener }
    }

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
        let (permission, limit) = state.withLock { state in
            (state.connectivity.ask(at: time.now()), state.connectivity.probeLimit)
        }
        switch permission {
        case .refused: throw offline
        case .go: return try report(permission) { () throws(StoreError) in try body(cancellation) }
        case .probe: return try probe(within: limit, cancellation, body)
        }
    }

    /// The one call that looks whether the store is back is not to wait as long as it would wait for a store that is.
    func probe<Answer>(
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
            note(nil, after: permission)
            return answer
        } catch {
            note(error.code, after: permission)
            throw error
        }
    }

    private func note(_ failure: StoreError.Code?, after permission: Connectivity.Permission) {
        let now = time.now()
        // The usual case changes nothing, and wakes nobody.
        let isQuiet = state.withLock { state in
            failure == nil && permission == .go && !state.connectivity.isOffline
        }
        guard !isQuiet else { return }
        let change = state.update { state -> (isOffline: Bool, listener: @Sendable (Bool) -> Void)? in
            let before = state.connectivity.isOffline
            state.connectivity.report(failure, after: permission, at: now)
            let isOffline = state.connectivity.isOffline
            guard isOffline != before else { return nil }
            state.offlineSince = isOffline ? time.wallNanoseconds() : nil
            return (isOffline, state.listener)
        }
        if let change { change.listener(change.isOffline) }
    }

    private var offline: StoreError {
        StoreError(
            .offline,
            "\(traits.displayName) cannot be reached; it is tried again every few seconds",
            remedy: "What was read before still reads; check the network or the store's address."
        )
    }
}
