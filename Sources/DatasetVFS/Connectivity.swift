package import DatasetModel
package import DatasetSync

/// Whether a store can be reached: a pure value moved by outcomes.
///
/// Online until a call ends without having reached the store. Offline, calls are refused at once, but for one probe at a
/// time when it is due; a probe that reaches the store, whatever it answers, is the way back.
package struct Connectivity: Sendable, Equatable {
    package enum Permission: Sendable, Equatable {
        case go
        /// Go, and tell how it went: everyone else is refused meanwhile.
        case probe
        case refused
    }

    package static let firstPause: Duration = .seconds(1)
    package static let longestPause: Duration = .seconds(15)

    private var pause: Duration = .zero
    private var nextProbe: MonotonicTime?
    private var isProbing = false

    package init() {}

    package var isOffline: Bool { nextProbe != nil }

    /// How long a probe may take: longer with each one that failed, for a store that is back but slow.
    package var probeLimit: Duration { max(.seconds(2), pause) }

    package mutating func ask(at now: MonotonicTime) -> Permission {
        guard let nextProbe else { return .go }
        guard !isProbing, now >= nextProbe else { return .refused }
        isProbing = true
        return .probe
    }

    /// - Parameter failure: Nil after success.
    package mutating func report(_ failure: StoreError.Code?, after permission: Permission, at now: MonotonicTime) {
        if permission == .probe { isProbing = false }
        switch Self.reach(failure) {
        case .reached:
            pause = .zero
            nextProbe = nil
        case .unreached:
            // Calls that were under way when the line broke tell nothing new.
            guard permission == .probe || nextProbe == nil else { return }
            pause = pause == .zero ? Self.firstPause : min(pause * 2, Self.longestPause)
            nextProbe = now + pause
        case .unknown: break
        }
    }

    private enum Reach { case reached, unreached, unknown }

    private static func reach(_ failure: StoreError.Code?) -> Reach {
        switch failure {
        case .unresolved, .unreachable, .timedOut: .unreached
        // A broken connection, or a caller that left, says neither.
        case .reset, .interrupted, .offline, .localFailure: .unknown
        case nil, .notFound, .unauthenticated, .forbidden, .versionGone, .conflict, .invalid, .quotaExceeded, .tooLarge,
            .throttled, .serverFailure, .untrusted, .corrupt, .readOnly, .unsupported:
            .reached
        }
    }
}
