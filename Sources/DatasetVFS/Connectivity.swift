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
    /// When somebody may look whether the store is back; nil while it can be reached.
    private(set) var nextProbe: MonotonicTime?
    private(set) var isProbing = false

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
        // Who asked for nothing else than whether it is there has not been answered.
        case .broken where permission == .probe: lose(after: permission, at: now)
        case .reached:
            pause = .zero
            nextProbe = nil
        case .unreached: lose(after: permission, at: now)
        case .broken, .unknown: break
        }
    }

    private mutating func lose(after permission: Permission, at now: MonotonicTime) {
        // Calls that were under way when the line broke tell nothing new.
        guard permission == .probe || nextProbe == nil else { return }
        pause = pause == .zero ? Self.firstPause : min(pause * 2, Self.longestPause)
        nextProbe = now + pause
    }

    private enum Reach { case reached, unreached, broken, unknown }

    private static func reach(_ failure: StoreError.Code?) -> Reach {
        switch failure {
        case .unresolved, .unreachable, .timedOut: .unreached
        // A connection that breaks in the middle of something else says neither.
        case .reset, .offline, .localFailure: .broken
        // A caller that left says nothing at all.
        case .interrupted: .unknown
        case nil, .notFound, .unauthenticated, .forbidden, .versionGone, .conflict, .invalid, .quotaExceeded, .tooLarge,
            .throttled, .serverFailure, .untrusted, .corrupt, .readOnly, .unsupported:
            .reached
        }
    }
}
