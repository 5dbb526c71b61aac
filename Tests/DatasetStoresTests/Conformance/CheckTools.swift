import DatasetSync
import Synchronization

/// Hands everything on and calls a closure at each delivery.
final class TappingSink: ByteSink {
    private let base: any ByteSink
    private let tap: @Sendable () -> Void

    init(_ base: any ByteSink, _ tap: @escaping @Sendable () -> Void) {
        self.base = base
        self.tap = tap
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let wantsMore = unsafe base.receive(bytes)
        tap()
        return wantsMore
    }
}

/// Runs something the first time it is asked to and keeps its error.
final class Once: Sendable {
    private let body: @Sendable () throws -> Void
    private let state = Mutex<(hasRun: Bool, error: (any Error)?)>((false, nil))

    init(_ body: @escaping @Sendable () throws -> Void) {
        self.body = body
    }

    var error: (any Error)? { state.withLock { $0.error } }

    func run() {
        let isFirst = state.withLock { state in
            defer { state.hasRun = true }
            return !state.hasRun
        }
        guard isFirst else { return }
        do {
            try body()
        } catch {
            state.withLock { $0.error = error }
        }
    }
}
