internal import Synchronization

/// Counts what went over the wire; shared by the transport that counts and whoever shows it.
package final class TransferStatistics: Sendable {
    /// Of one host, or of all.
    package struct Counters: Sendable, Equatable {
        /// Requests put on the wire, each redirection and each retry counted.
        package var requests: UInt64 = 0
        /// Of those, the ones that ended without a whole answer.
        package var failures: UInt64 = 0
        /// Heads and bodies, before TLS.
        package var bytesReceived: UInt64 = 0
        /// Heads and bodies, before TLS.
        package var bytesSent: UInt64 = 0

        package static func += (left: inout Counters, right: Counters) {
            left.requests += right.requests
            left.failures += right.failures
            left.bytesReceived += right.bytesReceived
            left.bytesSent += right.bytesSent
        }
    }

    package struct Snapshot: Sendable, Equatable {
        package var total = Counters()
        /// By host, with the port when it is unusual. Hosts beyond ``TransferStatistics/hostLimit`` are in `total` only.
        package var hosts: [String: Counters] = [:]
        package var connectionsOpened: UInt64 = 0
        package var connectionsOpen: Int = 0
    }

    /// Signed URLs may name a new host each time; memory does not grow with them.
    package static let hostLimit = 256

    private let state = Mutex(Snapshot())

    package init() {}

    package var snapshot: Snapshot { state.withLock { $0 } }

    func add(_ counters: Counters, host: String) {
        state.withLock { state in
            state.total += counters
            if state.hosts[host] != nil || state.hosts.count < Self.hostLimit {
                state.hosts[host, default: Counters()] += counters
            }
        }
    }

    func connectionOpened() {
        state.withLock { state in
            state.connectionsOpened += 1
            state.connectionsOpen += 1
        }
    }

    func connectionClosed() {
        state.withLock { $0.connectionsOpen -= 1 }
    }
}
