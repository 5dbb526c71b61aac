import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetStores

@Suite("Edison.Session") struct EdisonSessionTests {
    private static let entry = #"{"data_storage":{"id":"e1","name":"n","status":"active","content":"x"}}"#
    private static let path = "GET /v0.1/data-storage/data-entries/e1"
    private static let login = "POST /auth/login"

    @Test("logs in when first needed, with the key in the body, and sends the token afterwards")
    func firstLogin() throws {
        let (store, transport) = try Edison.scripted { _ in .json(Self.entry) }
        #expect(transport.requests.isEmpty)

        for _ in 0..<3 { _ = try store.node(at: Location("entry/e1"), until: Cancellation()) }

        #expect(transport.lines == [Self.login, Self.path, Self.path, Self.path])
        let login = transport.requests[0]
        #expect(login.bodyText == #"{"api_key":"the-api-key-0123"}"#)
        #expect(login.isIdempotent)
        #expect(login.header("Authorization") == nil)
        #expect(transport.requests[1].header("Authorization") == "Bearer the-token")
    }

    @Test("lets many threads share one login")
    func sharedLogin() async throws {
        let gate = Gate()
        let transport = ScriptedTransport { request in
            guard request.line == Self.login else { return .json(Self.entry) }
            gate.pass()
            return .json(#"{"access_token":"t"}"#)
        }
        var options = Edison.Options()
        options.baseURL = HTTPRequest.host
        let store = try Edison.Store(options: options, credentials: .apiKey(Edison.Secret("k")), transport: transport)

        try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    try await onThread { () throws(StoreError) in
                        _ = try store.node(at: Location("entry/e1"), until: Cancellation())
                    }
                }
            }
            group.addTask {
                await onThread {
                    gate.waitForArrivals(1)
                    gate.open()
                }
            }
            try await group.waitForAll()
        }

        #expect(transport.count(Self.login) == 1)
        #expect(transport.count(Self.path) == 8)
    }

    @Test("logs in once more after 401 and after 403, and replays the request", arguments: [401, 403])
    func expiry(status: Int) throws {
        let answers = Mutex([status])
        let (store, transport) = try Edison.scripted { _ in
            let status = answers.withLock { $0.popLast() }
            return status.map { .json(#"{"detail":"no"}"#, status: $0) } ?? .json(Self.entry)
        }

        _ = try store.node(at: Location("entry/e1"), until: Cancellation())

        #expect(transport.lines == [Self.login, Self.path, Self.login, Self.path])
    }

    @Test("takes the second refusal as final and remembers for a minute that it was none of the token's")
    func genuineRefusal() throws {
        let time = ManualTime()
        let (store, transport) = try Edison.scripted(time: time) { _ in
            .json(#"{"detail":"not yours"}"#, status: 403, headers: [("x-request-id", "req-7")])
        }
        func ask() -> StoreError? {
            do {
                _ = try store.node(at: Location("entry/e1"), until: Cancellation())
                return nil
            } catch { return error }
        }

        let error = ask()
        for _ in 0..<10 { _ = ask() }

        #expect(error?.code == .forbidden)
        #expect(error?.requestID == "req-7")
        #expect(error?.message.contains("not yours") == true)
        #expect(transport.count(Self.login) == 2)
        #expect(transport.count(Self.path) == 12)

        time.advance(by: .seconds(61))
        _ = ask()

        #expect(transport.count(Self.login) == 3)
    }

    @Test("takes a refusal of a ready token as final at once")
    func readyToken() throws {
        let (store, transport) = try Edison.scripted(credentials: .token(Edison.Secret("ready"))) { _ in
            .json(#"{"detail":"expired"}"#, status: 401)
        }

        let code = code { _ = try store.node(at: Location("entry/e1"), until: Cancellation()) }

        #expect(code == .unauthenticated)
        #expect(transport.lines == [Self.path])
        #expect(transport.requests[0].header("Authorization") == "Bearer ready")
    }

    @Test("does not send a refused key again at once, and says what to check", arguments: [400, 401, 403, 422])
    func refusedKey(status: Int) throws {
        let time = ManualTime()
        var options = Edison.Options()
        options.baseURL = HTTPRequest.host
        let body =
            #"{"detail":[{"type":"x","loc":["body","api_key"],"msg":"no such key: \#(Edison.testKey)"}]}"#
        let transport = ScriptedTransport { _ in .json(body, status: status) }
        let store = try Edison.Store(
            options: options,
            credentials: .apiKey(Edison.Secret(Edison.testKey)),
            transport: transport,
            time: time
        )
        func ask() -> StoreError? {
            do {
                _ = try store.node(at: Location("entry/e1"), until: Cancellation())
                return nil
            } catch { return error }
        }

        let errors = (0..<5).map { _ in ask() }

        #expect(errors.allSatisfy { $0?.code == .unauthenticated })
        #expect(errors[0]?.remedy?.contains("EDISON_PLATFORM_API_KEY") == true)
        #expect(errors[0]?.message.contains(Edison.testKey) == false)
        #expect(transport.requests.count == 1)

        time.advance(by: .seconds(20))
        _ = ask()

        #expect(transport.requests.count == 2)
    }

    @Test("does not take an unreachable platform for a wrong key")
    func unreachable() throws {
        var options = Edison.Options()
        options.baseURL = HTTPRequest.host
        for (failure, expected) in [
            (HTTPError.Code.unreachable, StoreError.Code.unreachable), (.unresolvedHost, .unresolved),
            (.reset, .reset), (.stalled, .timedOut), (.untrusted, .untrusted), (.bodyTooLarge, .corrupt),
        ] {
            let transport = ScriptedTransport { _ in .failing(failure) }
            let store = try Edison.Store(
                options: options,
                credentials: .apiKey(Edison.Secret("k")),
                transport: transport
            )
            #expect(code { _ = try store.node(at: Location("entry/e1"), until: Cancellation()) } == expected)
        }
        let busy = ScriptedTransport { _ in .json("{}", status: 503) }
        let store = try Edison.Store(options: options, credentials: .apiKey(Edison.Secret("k")), transport: busy)
        #expect(code { _ = try store.node(at: Location("entry/e1"), until: Cancellation()) } == .serverFailure)
    }

    @Test("replaces a token shortly before it ends, by the token's own clock")
    func refresh() throws {
        // {"sub":"u","iat":1000,"exp":1300}, on a machine whose clock is decades off.
        let token = "e30.eyJzdWIiOiJ1IiwiaWF0IjoxMDAwLCJleHAiOjEzMDB9.sig"
        let time = ManualTime()
        var options = Edison.Options()
        options.baseURL = HTTPRequest.host
        let transport = ScriptedTransport { request in
            request.line == Self.login ? .json(#"{"access_token":"\#(token)"}"#) : .json(Self.entry)
        }
        let store = try Edison.Store(
            options: options,
            credentials: .apiKey(Edison.Secret("k")),
            transport: transport,
            time: time
        )

        for seconds in [0, 200, 60] {
            time.advance(by: .seconds(seconds))
            _ = try store.node(at: Location("entry/e1"), until: Cancellation())
        }
        #expect(transport.count(Self.login) == 1)

        time.advance(by: .seconds(15))
        _ = try store.node(at: Location("entry/e1"), until: Cancellation())
        #expect(transport.count(Self.login) == 2)
    }

    @Test("names the account without its key, the same every time")
    func identity() throws {
        let (store, _) = try Edison.scripted { _ in .json("{}") }
        let (again, _) = try Edison.scripted { _ in .json("{}") }
        let (single, _) = try Edison.scripted {
            $0.dataset = "d1"
        } _: { _ in
            .json("{}")
        }

        #expect(store.traits.identity == again.traits.identity)
        #expect(store.traits.identity.hasPrefix("edison|edison.test|"))
        #expect(!store.traits.identity.contains(Edison.testKey))
        #expect(single.traits.identity != store.traits.identity)
        #expect("\(Edison.Secret("hidden"))\(String(reflecting: Edison.Secret("hidden")))".contains("hidden") == false)
        var dumped = ""
        dump(Edison.Credentials.apiKey(Edison.Secret("hidden")), to: &dumped)
        #expect(!dumped.contains("hidden"))
    }
}
