internal import DatasetModel
internal import DatasetSync

/// Looks by itself whether the store is back, so that a mount that nobody uses finds out as well: one cheap question at a time,
/// after the pauses of ``Connectivity``.
extension OfflineGate {
    func startProbing() {
        let thread = OwnedThread(name: "prober") { [weak self] in
            while let gate = self, let probe = gate.nextProbe() {
                // The answer is heard by whoever listens; a failure makes the next pause longer.
                _ = try? gate.probe(within: probe.limit, probe.cancellation) { cancellation throws(StoreError) in
                    try gate.store.node(at: .root, until: cancellation)
                }
            }
        }
        state.withLock { $0.prober = thread }
    }

    /// Looks again at the time; for clocks that are turned by hand.
    func lookAgain() { state.update { _ in } }

    @available(*, noasync, message: "this blocks the calling thread")
    func shutDown() {
        let (thread, probe) = state.update { state in
            state.isClosed = true
            return (state.prober.take(), state.probe)
        }
        probe?.cancel()
        thread?.join()
    }

    private enum Step {
        case probe(Cancellation, limit: Duration)
        /// The next look is due at another moment than was waited for.
        case lookAgain
        case close
    }

    /// Waits until it is time to ask the store.
    ///
    /// - Returns: Nil at the end of the mount.
    private func nextProbe() -> (cancellation: Cancellation, limit: Duration)? {
        while true {
            let due = state.withLock { $0.due }
            let step: Step? = state.wait(until: Deadline(time: due)) { state in
                if state.isClosed { return .close }
                guard let now = state.due else { return nil }
                guard time.now() >= now else { return now == due ? nil : .lookAgain }
                let limit = state.connectivity.probeLimit
                guard state.connectivity.ask(at: time.now()) == .probe else { return nil }
                let cancellation = Cancellation()
                state.probe = cancellation
                return .probe(cancellation, limit: limit)
            }
            switch step {
            case .probe(let cancellation, let limit): return (cancellation, limit)
            case .close: return nil
            case .lookAgain, nil: continue
            }
        }
    }
}

extension OfflineGate.State {
    /// When the store is to be asked; nil while it can be reached, and while somebody asks it.
    fileprivate var due: MonotonicTime? { connectivity.isProbing ? nil : connectivity.nextProbe }
}
