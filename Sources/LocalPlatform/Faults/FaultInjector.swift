import Synchronization

/// The rules in force, shared by all requests.
final class FaultInjector: Sendable {
    private let state = Mutex(FaultRules())

    var rules: [FaultRule] {
        state.withLock { $0.rules }
    }

    func add(_ rules: [FaultRule]) {
        state.withLock { $0.rules += rules }
    }

    func clear() {
        state.withLock { $0.rules = [] }
    }

    func effect(method: String, path: String) -> FaultEffect? {
        state.withLock { rules in
            rules.rules.isEmpty ? nil : rules.effect(method: method, path: path) { Double.random(in: 0..<1) }
        }
    }
}
