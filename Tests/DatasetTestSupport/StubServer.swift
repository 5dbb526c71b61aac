internal import DatasetSync
internal import Glibc

/// A small real HTTP/1.1 server on 127.0.0.1 that answers as a test says and remembers what it was asked.
///
/// It lives on threads of its own and may be used from any. It speaks plain sockets, not a library, so that it can
/// misbehave: reset, truncate, stall, dribble, answer garbage, never end.
package final class StubServer: Sendable {
    struct State {
        var requests: [Request] = []
        var connections: [StubConnection] = []
        var connectionCount = 0
        var isStopped = false
        /// Closed by the acceptor alone, under the lock: a number closed elsewhere might already be another server's.
        var listener: Int32
        var acceptor: OwnedThread?
    }

    package struct Failure: Error {
        package let message: String
    }

    package let port: UInt16
    private let state: Monitor<State>

    /// Starts listening.
    ///
    /// - Parameter answer: Asked for each request, on the connection's thread; may wait.
    package init(_ answer: @escaping @Sendable (Request) -> Answer) throws(Failure) {
        let (listener, port) = try Self.listen()
        self.port = port
        let state = Monitor(State(listener: listener))
        self.state = state
        let acceptor = OwnedThread(name: "stub-accept") {
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { break }
                Self.serve(descriptor, state, answer)
            }
            state.update { state in
                close(state.listener)
                state.listener = -1
            }
        }
        guard let acceptor else {
            close(listener)
            throw Failure(message: "no thread for the stub server")
        }
        state.update { $0.acceptor = acceptor }
    }

    /// Gives each request in turn the next answer, the last one again and again.
    package convenience init(_ answers: Answer...) throws(Failure) {
        let left = Monitor(answers)
        try self.init { _ in
            left.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? .status(500) }
        }
    }

    deinit { breakOff() }

    /// Without a slash at the end.
    package var url: String { "http://127.0.0.1:\(port)" }

    package var requests: [Request] { state.withLock { $0.requests } }

    /// Connections accepted so far.
    package var connectionCount: Int { state.withLock { $0.connectionCount } }

    /// Waits until that many requests have come.
    ///
    /// - Returns: False when they did not within `seconds`.
    @available(*, noasync, message: "this blocks the calling thread")
    package func waitForRequests(_ count: Int, seconds: Int = 10) -> Bool {
        state.wait(until: .after(.seconds(seconds))) { $0.requests.count >= count ? true : nil }
            ?? false
    }

    /// Waits until no connection is open any more.
    ///
    /// - Returns: False when some still is after `seconds`.
    @available(*, noasync, message: "this blocks the calling thread")
    package func waitForDisconnection(seconds: Int = 10) -> Bool {
        state.wait(until: .after(.seconds(seconds))) { $0.connections.isEmpty ? true : nil } ?? false
    }

    /// Breaks every connection and joins the acceptor; gates that answers wait at must be opened by the test.
    @available(*, noasync, message: "this blocks the calling thread")
    package func stop() {
        breakOff()?.join()
    }

    @discardableResult
    private func breakOff() -> OwnedThread? {
        state.update { state in
            state.isStopped = true
            if state.listener >= 0 { _ = shutdown(state.listener, Int32(SHUT_RDWR)) }
            for connection in state.connections { connection.abandon() }
            return state.acceptor
        }
    }

    private static func serve(
        _ descriptor: Int32,
        _ state: Monitor<State>,
        _ answer: @escaping @Sendable (Request) -> Answer
    ) {
        let number = state.update { state -> Int in
            state.connectionCount += 1
            return state.connectionCount
        }
        let connection = StubConnection(takingOwnershipOf: descriptor, number: number)
        state.update { state in
            state.connections.append(connection)
            if state.isStopped { connection.abandon() }
        }
        _ = OwnedThread(name: "stub-\(number)") {
            while let request = connection.nextRequest() {
                state.update { $0.requests.append(request) }
                guard connection.send(answer(request)) else { break }
            }
            connection.close()
            state.update { $0.connections.removeAll { $0 === connection } }
        }
    }

    private static func listen() throws(Failure) -> (Int32, UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(message: "socket: errno \(errno)") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, size) == 0 && Glibc.listen(descriptor, 64) == 0
                    && getsockname(descriptor, generic, &size) == 0
            }
        }
        guard isListening else {
            let number = errno
            Glibc.close(descriptor)
            throw Failure(message: "bind and listen: errno \(number)")
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}
