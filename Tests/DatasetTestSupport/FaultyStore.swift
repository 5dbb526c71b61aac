package import DatasetModel
package import DatasetSync
internal import Synchronization

/// Any store, counted, and with faults where a test wants them.
///
/// Faults are scripted per kind of call and used up in order, each by one call; with no script left, calls go through.
package final class FaultyStore: Store {
    package enum Call: Hashable, Sendable, CaseIterable {
        case node, children, child, read
        case create, replace, remove, rename, setAttributes, abandon
    }

    fileprivate struct Line {
        var fault: StoreFault
        var location: Location?
        var name: String?
        /// Nil: for ever.
        var uses: Int?
    }

    struct State {
        fileprivate var script: [Call: [Line]] = [:]
        private(set) var calls: [Call: Int] = [:]
        var ranges: [ByteRange] = []
        var bytes: UInt64 = 0
        var written: UInt64 = 0
        var creations: [Creation] = []
    }

    package let traits: StoreTraits
    let base: any Store
    let state = Mutex(State())

    /// - Parameter traits: Told instead of the store's own.
    package init(_ base: any Store, traits: StoreTraits? = nil) {
        self.base = base
        self.traits = traits ?? base.traits
    }

    /// Appends a fault to the script of one kind of call.
    ///
    /// - Parameters:
    ///   - location: Only calls for this thing use it up, for a creation those in this directory; nil for any.
    ///   - name: Only a creation of this name, or a renaming to it, uses it up; nil for any.
    ///   - times: How many calls it spoils; nil for all from then on.
    package func script(
        _ call: Call,
        _ fault: StoreFault,
        at location: Location? = nil,
        named name: String? = nil,
        times: Int? = 1
    ) {
        let line = Line(fault: fault, location: location, name: name, uses: times)
        state.withLock { $0.add(line, call) }
    }

    /// Forgets all faults that were not used up.
    package func heal() { state.withLock { $0.forgetScript() } }

    package func calls(_ call: Call) -> Int { state.withLock { $0.calls[call] ?? 0 } }

    /// The range of every read so far, in order of arrival.
    package var rangesRead: [ByteRange] { state.withLock { $0.ranges } }

    /// Bytes the store delivered so far.
    package var bytesRead: UInt64 { state.withLock { $0.bytes } }

    /// Bytes of contents that the store took so far, those of tries that failed as well.
    package var bytesWritten: UInt64 { state.withLock { $0.written } }

    /// What was to be created so far, each try once, in order of arrival.
    package var creations: [Creation] { state.withLock { $0.creations } }

    @available(*, noasync, message: "this may wait for the network")
    package func node(at location: Location, until cancellation: Cancellation) throws(StoreError) -> Node {
        let fault = try begin(.node, location, cancellation)
        let node = try base.node(at: location, until: cancellation)
        try end(fault, cancellation)
        return fault?.applied(to: node) ?? node
    }

    @available(*, noasync, message: "this may wait for the network")
    package func children(of location: Location, after cursor: Cursor?, until cancellation: Cancellation)
        throws(StoreError) -> Page
    {
        let fault = try begin(.children, location, cancellation)
        var page = try base.children(of: location, after: cursor, until: cancellation)
        try end(fault, cancellation)
        if let fault { page.nodes = page.nodes.enumerated().map { fault.applied(to: $0.element, at: $0.offset) } }
        return page
    }

    @available(*, noasync, message: "this may wait for the network")
    package func child(named name: String, of location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        let fault = try begin(.child, location, cancellation)
        let node = try base.child(named: name, of: location, until: cancellation)
        try end(fault, cancellation)
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
        try end(fault, cancellation)
    }

    /// Counts the call and takes its fault, having failed or waited if that is the fault.
    ///
    /// - Parameter name: Of what is created, or given that name.
    @available(*, noasync, message: "this may wait at a gate")
    func begin(_ call: Call, _ location: Location, named name: String? = nil, _ cancellation: Cancellation)
        throws(StoreError) -> StoreFault?
    {
        let fault = state.withLock { $0.take(call, location, name) }
        switch fault {
        case .fail(let error): throw error
        case .hold(let gate): try Self.pass(gate, cancellation)
        case .failAfter, .holdAfter, .failContent, .holdContent, .corruptByte, .truncate, .size, .names, nil: break
        }
        return fault
    }

    /// Keeps the answer back, if that is the fault.
    @available(*, noasync, message: "this may wait at a gate")
    func end(_ fault: StoreFault?, _ cancellation: Cancellation) throws(StoreError) {
        switch fault {
        case .failAfter(let error): throw error
        case .holdAfter(let gate): try Self.pass(gate, cancellation)
        case .fail, .hold, .failContent, .holdContent, .corruptByte, .truncate, .size, .names, nil: break
        }
    }

    @available(*, noasync, message: "this waits at a gate")
    private static func pass(_ gate: Gate, _ cancellation: Cancellation) throws(StoreError) {
        guard !gate.pass(until: cancellation) else { return }
        throw StoreError(cancellation.reason ?? .interrupted, during: "A call held by a test")
    }
}

extension FaultyStore.State {
    fileprivate mutating func add(_ line: FaultyStore.Line, _ call: FaultyStore.Call) {
        script[call, default: []].append(line)
    }

    fileprivate mutating func forgetScript() { script = [:] }

    /// Counts a call and uses up its fault.
    fileprivate mutating func take(_ call: FaultyStore.Call, _ location: Location, _ name: String?) -> StoreFault? {
        calls[call, default: 0] += 1
        var lines = script[call] ?? []
        defer { script[call] = lines }
        let index = lines.firstIndex { line in
            (line.location == nil || line.location == location) && (line.name == nil || line.name == name)
        }
        guard let index else { return nil }
        let fault = lines[index].fault
        if let uses = lines[index].uses {
            lines[index].uses = uses - 1
            if uses <= 1 { lines.remove(at: index) }
        }
        return fault
    }
}
