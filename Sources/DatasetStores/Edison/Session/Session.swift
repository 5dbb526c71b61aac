internal import DatasetHTTP
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

extension Edison {
    /// One account's way into the API: logs in when first needed and again when a token has ended.
    final class Session: Sendable {
        private struct State {
            var ledger: TokenLedger
            /// A refused login, remembered so that a wrong key is not sent again with every call.
            var refusal: (error: StoreError, until: MonotonicTime)?
        }

        private static let refusalMemory = Duration.seconds(15)

        private let key: Secret?
        private let base: BaseURL
        private let transport: any Transport
        private let time: any TimeSource
        private let state: Mutex<State>
        private let flight = SingleFlight<Bool, Token, StoreError>()

        init(_ credentials: Credentials, base: BaseURL, transport: any Transport, time: any TimeSource) {
            self.base = base
            self.transport = transport
            self.time = time
            switch credentials {
            case .apiKey(let key):
                self.key = key
                state = Mutex(State(ledger: TokenLedger()))
            case .token(let token):
                key = nil
                state = Mutex(State(ledger: TokenLedger(fixed: token)))
            }
        }

        /// The token to send with the next request.
        ///
        /// - Throws: `.unauthenticated` when the platform refuses the login.
        @available(*, noasync, message: "this may wait for the network")
        func token(until cancellation: Cancellation) throws(StoreError) -> Token {
            if case .use(let token) = advice({ $0.token(at: $1) }) { return token }
            return try flight.shared(true, until: cancellation, during: "the login at Edison") {
                own throws(StoreError) in
                if case .use(let token) = advice({ $0.token(at: $1) }) { return token }
                return try logIn(until: own)
            }
        }

        /// The token for one replay of a request that was answered with 401 or 403, nil when that answer stands.
        @available(*, noasync, message: "this may wait for the network")
        func replacement(of used: Token, refusedWith status: Int, until cancellation: Cancellation)
            throws(StoreError) -> Token?
        {
            switch advice({ $0.refused(used, status: status, at: $1) }) {
            case .use(let token): return token
            case .accept: return nil
            case .logIn: break
            }
            return try flight.shared(true, until: cancellation, during: "the login at Edison") {
                own throws(StoreError) in
                // Another thread may have logged in between the question above and this flight.
                if case .use(let token) = advice({ $0.refused(used, status: status, at: $1) }) { return token }
                return try logIn(until: own)
            }
        }

        /// The replay was refused as well: it was no matter of the token.
        func refusedAgain(status: Int) {
            let now = time.now()
            state.withLock { $0.ledger.refusedAgain(status: status, at: now) }
        }

        private func advice(_ ask: (inout TokenLedger, MonotonicTime) -> TokenLedger.Advice) -> TokenLedger.Advice {
            let now = time.now()
            return state.withLock { ask(&$0.ledger, now) }
        }

        /// `POST /auth/login`
        private func logIn(until cancellation: Cancellation) throws(StoreError) -> Token {
            let title = "the login"
            if let refusal = state.withLock({ $0.refusal }), time.now() < refusal.until { throw refusal.error }
            guard let key else { throw StoreError(.unauthenticated, "there is no key to log in with") }
            let call = Call(
                method: .post,
                path: "/auth/login",
                body: .object([JSON.Member("api_key", .string(key.value))]),
                title: title,
                isIdempotent: true,
                bodyLimit: 1 << 20,
                stallLimit: .seconds(30)
            )
            let response: HTTPResponse
            do throws(HTTPError) {
                response = try transport.send(call.request(base: base, token: nil), until: cancellation)
            } catch {
                throw StoreError(error, during: title)
            }
            guard response.head.isSuccess else { throw refused(response, title) }
            let token: Secret
            do throws(Malformed) {
                guard let text = try JSON.parse(response.body).string("access_token"),
                    !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
                else { throw Malformed("there is no “access_token”") }
                token = Secret(text)
            } catch {
                throw StoreError(error, answering: title)
            }
            let now = time.now()
            let wall = Int(time.wallNanoseconds() / 1_000_000_000)
            return state.withLock { state in
                state.refusal = nil
                return state.ledger.loggedIn(token, at: now, wall: wall)
            }
        }

        /// The platform answers a key it does not know with 401, 403, 400 or 422: all mean the same here.
        private func refused(_ response: HTTPResponse, _ title: String) -> StoreError {
            var error = StoreError(edison: response.head, body: response.body, answering: title)
            // A platform may quote what it refuses.
            error.message = Redaction.hiding([key?.value ?? ""], in: error.message)
            guard [400, 401, 403, 422].contains(response.head.status) else { return error }
            error.code = .unauthenticated
            error.remedy = "Check the API key (\(Credentials.keyVariable) or the key file) and that it is not revoked."
            let until = time.now() + Self.refusalMemory
            state.withLock { $0.refusal = (error, until) }
            return error
        }
    }
}

extension SingleFlight where Failure == StoreError {
    /// The shared answer.
    ///
    /// - Throws: What the work threw, or what this asker's own cancellation says.
    @available(*, noasync, message: "this blocks the calling thread")
    func shared(
        _ key: Key,
        until cancellation: Cancellation,
        during operation: String,
        _ work: (Cancellation) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        guard let outcome = run(key, until: cancellation, work) else {
            throw StoreError(cancellation.reason ?? .interrupted, during: operation)
        }
        return try outcome.get()
    }
}
