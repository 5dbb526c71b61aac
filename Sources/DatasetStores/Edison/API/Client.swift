internal import DatasetHTTP
internal import DatasetModel
internal import DatasetSync

extension Edison {
    /// Sends calls with the session's token and turns every refusal into a `StoreError`.
    final class Client: Sendable {
        let base: BaseURL
        let transport: any Transport
        let session: Session
        let pause: Pause

        init(base: BaseURL, transport: any Transport, session: Session, pause: Pause) {
            self.base = base
            self.transport = transport
            self.session = session
            self.pause = pause
        }

        /// Sends one call, once more after a fresh login when it was answered with 401 or 403.
        ///
        /// - Parameter route: Where the body of a successful answer goes; others are gathered.
        @available(*, noasync, message: "this waits for the network")
        func send(
            _ call: Call,
            until cancellation: Cancellation,
            route: @escaping @Sendable () -> BodyDestination = { .memory }
        ) throws(StoreError) -> HTTPResponse {
            let token = try session.token(until: cancellation)
            let first = try exchange(call, token, until: cancellation, route)
            guard Self.mayBeExpiry(first) else { return try Self.accepted(first, call, token) }
            guard
                let fresh = try session.replacement(
                    of: token,
                    refusedWith: first.head.status,
                    until: cancellation
                )
            else { return try Self.accepted(first, call, token) }
            let second = try exchange(call, fresh, until: cancellation, route)
            if Self.mayBeExpiry(second) { session.refusedAgain(status: second.head.status) }
            return try Self.accepted(second, call, fresh)
        }

        /// Sends one call and decodes its answer.
        ///
        /// - Throws: `.corrupt` when the answer is not what `decode` expects.
        @available(*, noasync, message: "this waits for the network")
        func answer<Value>(
            _ call: Call,
            until cancellation: Cancellation,
            _ decode: (JSON) throws(Malformed) -> Value
        ) throws(StoreError) -> Value {
            let response = try send(call, until: cancellation)
            do throws(Malformed) {
                return try decode(JSON.parse(response.body))
            } catch {
                throw StoreError(error, answering: call.title)
            }
        }

        private func exchange(
            _ call: Call,
            _ token: Token,
            until cancellation: Cancellation,
            _ route: @escaping @Sendable () -> BodyDestination
        ) throws(StoreError) -> HTTPResponse {
            do throws(HTTPError) {
                return try transport.send(call.request(base: base, token: token.value), until: cancellation) { head in
                    head.isSuccess ? route() : .memory
                }
            } catch {
                throw StoreError(error, during: call.title)
            }
        }

        private static func mayBeExpiry(_ response: HTTPResponse) -> Bool {
            response.head.status == 401 || response.head.status == 403
        }

        private static func accepted(
            _ response: HTTPResponse,
            _ call: Call,
            _ token: Token
        ) throws(StoreError) -> HTTPResponse {
            guard response.head.isSuccess else {
                var error = StoreError(edison: response.head, body: response.body, answering: call.title)
                // A platform may quote what it refuses.
                error.message = Redaction.hiding([token.value.value], in: error.message)
                throw error
            }
            return response
        }
    }

    /// Waits a while between two attempts; a value, so that tests need not wait.
    struct Pause: Sendable {
        /// - Returns: False when the cancellation ended the wait.
        let wait: @Sendable (Duration, Cancellation) -> Bool

        static let real = Pause { $1.sleep($0) }
    }
}
