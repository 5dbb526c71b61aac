internal import DatasetSync
internal import Glibc

/// One accepted connection: read and written by its own thread, broken off by any.
final class StubConnection: Sendable {
    private struct State {
        var descriptor: Int32
        var buffer: [UInt8] = []
    }

    private let number: Int
    private let state: Monitor<State>

    init(takingOwnershipOf descriptor: Int32, number: Int) {
        self.number = number
        state = Monitor(State(descriptor: descriptor))
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, size)
    }

    private var descriptor: Int32 { state.withLock { $0.descriptor } }

    /// Makes reads and writes fail; the thread then closes.
    func abandon() {
        state.withLock { state in
            if state.descriptor >= 0 { _ = shutdown(state.descriptor, Int32(SHUT_RDWR)) }
        }
    }

    func close() {
        state.withLock { state in
            if state.descriptor >= 0 { Glibc.close(state.descriptor) }
            state.descriptor = -1
        }
    }

    // MARK: - Reading

    func nextRequest() -> StubServer.Request? {
        var bytes = state.withLock { state -> [UInt8] in
            defer { state.buffer = [] }
            return state.buffer
        }
        var end = Self.endOfHead(bytes)
        while end == nil {
            guard let more = receive() else { return nil }
            bytes += more
            end = Self.endOfHead(bytes)
        }
        guard let end, var request = Self.parse(bytes[..<end], connection: number) else { return nil }
        let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
        while bytes.count < end + length {
            guard let more = receive() else { return nil }
            bytes += more
        }
        request.body = Array(bytes[end..<(end + length)])
        let rest = Array(bytes[(end + length)...])
        state.withLock { $0.buffer = rest }
        return request
    }

    private func receive() -> [UInt8]? {
        let descriptor = self.descriptor
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
            count = unsafe max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
        return bytes.isEmpty ? nil : bytes
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in 3..<bytes.count where bytes[(index - 3)...index].elementsEqual([13, 10, 13, 10]) {
            return index + 1
        }
        return nil
    }

    private static func parse(_ head: ArraySlice<UInt8>, connection: Int) -> StubServer.Request? {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        guard let words = lines.first?.split(separator: " "), words.count == 3 else { return nil }
        let headers = lines.dropFirst().map { line -> (name: String, value: String) in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
            return (String(parts[0]), String(value))
        }
        return StubServer.Request(
            method: String(words[0]),
            target: String(words[1]),
            headers: headers,
            body: [],
            connection: connection
        )
    }

    // MARK: - Writing

    /// - Returns: False when the connection is over.
    func send(_ answer: StubServer.Answer) -> Bool {
        for step in answer.steps {
            switch step {
            case .send(let bytes):
                guard send(bytes[...]) else { return false }
            case .dribble(let bytes):
                for index in bytes.indices {
                    guard send(bytes[index...index]) else { return false }
                }
            case .sendEndlessly(let bytes):
                while send(bytes[...]) {}
                return false
            case .wait(at: let gate):
                gate.pass()
            case .close:
                return false
            case .reset:
                // Closing with a linger time of zero sends RST in place of FIN: see `man 7 socket`.
                var option = linger(l_onoff: 1, l_linger: 0)
                let size = socklen_t(MemoryLayout<linger>.size)
                _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, size)
                return false
            }
        }
        return true
    }

    private func send(_ bytes: ArraySlice<UInt8>) -> Bool {
        let descriptor = self.descriptor
        return unsafe bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[sent...])
                let count = unsafe Glibc.send(
                    descriptor,
                    rest.baseAddress,
                    rest.count,
                    Int32(MSG_NOSIGNAL)
                )
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }
}
