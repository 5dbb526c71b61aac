package import DatasetModel
package import DatasetSync
internal import Synchronization

/// Any store, counted, and with faults where a test wants them.
///
/// Faults are scripted per kind of call and used up in order, each by one call; with no script left, calls go through.
package final class FaultyStore: Store {
    package enum Call: Hashable, Sendable, CaseIterable {
        case node, children, child, read
    }

    private struct Line {
        var fault: StoreFault
        var location: Location?
        /// Nil: for ever.
        var uses: Int?
    }

    private struct State {
        var script: [Call: [Line]] = [:]
        var calls: [Call: Int] = [:]
        var ranges: [ByteRange] = []
        var bytes: UInt64 = 0
    }

    package let traits: StoreTraits
    private let base: any Store
    private let state = Mutex(State())

    /// - Parameter traits: Told instead of the store's own.
    package init(_ base: any Store, traits: StoreTraits? = nil) {
        self.base = base
        self.traits = traits ?? base.traits
    }

    /// Appends a fault to the script of one kind of call.
    ///
    /// - Parameters:
    ///   - location: Only calls for this thing use it up; nil for any.
    ///   - times: How many calls it spoils; nil for all from then on.
    package func script(_ call: Call, _ fault: StoreFault, at location: Location? = nil, times: Int? = 1) {
        state.withLock { $0.script[call, default: []].append(Line(fault: fault, location: location, uses: times)) }
    }

    /// Forgets all faults that were not used up.
    package func heal() { state.withLock { $0.script = [:] } }

    package func calls(_ call: Call) -> Int { state.withLock { $0.calls[call] ?? 0 } }

    /// The range of every read so far, in order of arrival.
    package var rangesRead: [ByteRange] { state.withLock { $0.ranges } }

    /// Bytes the store delivered so far.
    package var bytesRead: UInt64 { state.withLock { $0.bytes } }

    @available(*, noasync, message: "this may wait for the network")
    package func node(at location: Location, until cancellation: Cancellation) throws(StoreError) -> Node {
        let fault = try begin(.node, location, cancellation)
        let node = try base.node(at: location, until: cancellation)
        return fault?.applied(to: node) ?? node
    }

    @available(*, noasync, message: "this may wait for the network")
    package func children(of location: Location, after cursor: Cursor?, until cancellation: Cancellation)
        throws(StoreError) -> Page
    {
        let fault = try begin(.children, location, cancellation)
        var page = try base.children(of: location, after: cursor, until: cancellation)
        if let fault { page.nodes = page.nodes.enumerated().map { fault.applied(to: $0.element, at: $0.offset) } }
        return page
    }

    @available(*, noasync, message: "this may wait for the network")
    package func child(named name: String, of location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        let fault = try begin(.child, location, cancellation)
        let node = try base.child(named: name, of: location, until: cancellation)
        return fault?.applied(to: node) ?? node
    }

    @available(*, noasync, message: "this may wait for the network")
    package func read(_ range: ByteRange, of node: Node, into sink: any ByteSink, until cancellation: Cancellation)
        throws(StoreError)
    {
        state.withLock { $0.ranges.append(range) }
        let fault = try begin(.read, node.location, cancellation)
        let filter = FaultySink(sink, from: range.offset, fault)
        defer { state.withLock { $0.bytes += filter.delivered } }
        try base.read(range, of: node, into: filter, until: cancellation)
        if filter.isTruncated, case .truncate(_, .some(let error)) = fault { throw error }
    }

    /// Counts the call and takes its fault, having failed or waited if that is the fault.
    @available(*, noasync, message: "this may wait at a gate")
    private func begin(_ call: Call, _ location: Location, _ cancellation: Cancellation)
        throws(StoreError) -> StoreFault?
    {
        let fault = state.withLock { state -> StoreFault? in
            state.calls[call, default: 0] += 1
            var lines = state.script[call] ?? []
            defer { state.script[call] = lines }
            guard let index = lines.firstIndex(where: { $0.location == nil || $0.location == location }) else {
                return nil
            }
            let fault = lines[index].fault
            if let uses = lines[index].uses {
                lines[index].uses = uses - 1
                if uses <= 1 { lines.remove(at: index) }
            }
            return fault
        }
        switch fault {
        case .fail(let error): throw error
        case .hold(let gate):
            guard !gate.pass(until: cancellation) else { break }
            throw StoreError(cancellation.reason ?? .interrupted, during: "A call held by a test")
        case .corruptByte, .truncate, .size, .names, nil: break
        }
        return fault
    }
}
