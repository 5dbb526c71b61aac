internal import DatasetSync
internal import Synchronization

/// What one attempt of a ``RetryingTransport`` has seen of its answer.
final class Attempt: Sendable {
    private struct State {
        var retriableHead: HTTPResponseHead?
        var hasDelivered = false
    }

    private let state = Mutex(State())

    /// The head of an answer that the policy may want repeated.
    var retriableHead: HTTPResponseHead? { state.withLock { $0.retriableHead } }

    /// A byte has reached the caller's sink.
    var hasDelivered: Bool { state.withLock { $0.hasDelivered } }

    func route(
        _ head: HTTPResponseHead,
        _ route: @Sendable (HTTPResponseHead) -> BodyDestination
    ) -> BodyDestination {
        if RetryPolicy.isRetriable(status: head.status) {
            state.withLock { $0.retriableHead = head }
            return .memory
        }
        let destination = route(head)
        guard case .sink(let sink) = destination else { return destination }
        return .sink(Witness(sink) { [self] in state.withLock { $0.hasDelivered = true } })
    }

    /// Passes bytes on and tells of the first.
    private final class Witness: ByteSink {
        private let sink: any ByteSink
        private let onFirst: @Sendable () -> Void
        private let isFirst = Atomic(true)

        init(_ sink: any ByteSink, onFirst: @escaping @Sendable () -> Void) {
            self.sink = sink
            self.onFirst = onFirst
        }

        func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
            if isFirst.exchange(false, ordering: .relaxed) { onFirst() }
            return unsafe sink.receive(bytes)
        }
    }
}
