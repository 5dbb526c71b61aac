import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetStores

@Suite("Edison's root") struct EdisonEnumerationTests {
    private typealias Entry = ScriptedSearch.Entry

    private func roots(
        _ search: ScriptedSearch,
        token: String = "the-token",
        _ change: (inout Edison.Options) -> Void = { _ in }
    ) throws -> (names: [String], store: Edison.Store, transport: ScriptedTransport) {
        var options = Edison.Options()
        options.baseURL = HTTPRequest.host
        change(&options)
        let transport = ScriptedTransport { request in
            request.line == "POST /auth/login" ? .json(#"{"access_token":"\#(token)"}"#) : search.answer(request)
        }
        let store = try Edison.Store(
            options,
            .apiKey(Edison.Secret("k")),
            transport,
            SystemTime(),
            pause: .none
        )
        return (try names(store), store, transport)
    }

    private func names(_ store: Edison.Store) throws -> [String] {
        try store.children(of: .root, after: nil, until: Cancellation()).nodes.map(\.name)
    }

    private func note(_ store: Edison.Store) throws -> String? {
        try store.node(at: .root, until: Cancellation()).attributes.metadata["listing"]
    }

    private static let base = 1_767_323_045

    @Test("shows the datasets and loose entries of the account, oldest first, and nothing of others")
    func own() throws {
        let search = ScriptedSearch([
            Entry(id: "e3", dataset: "d2", created: Self.base + 3), Entry(id: "e1", dataset: "d1", created: Self.base),
            Entry(id: "e2", dataset: "d1", created: Self.base + 1), Entry(id: "loose", created: Self.base),
            Entry(id: "x", user: "other", dataset: "dx", share: "public", created: Self.base),
            Entry(id: "y", user: "other", share: "public", created: Self.base),
        ])

        let (names, store, _) = try roots(search)

        #expect(names == ["set d1", "set d2", "loose"])
        #expect(try note(store) == nil)
        #expect(search.asked.withLock { $0 } == ["[] 0+1000", "[share_status equals] 0+100"])
        let nodes = try store.children(of: .root, after: nil, until: Cancellation()).nodes
        #expect(nodes.map(\.kind) == [.directory, .directory, .file])
        #expect(search.asked.withLock { $0.last } == "[user_id equals] 0+1000")
    }

    @Test("learns the user from the token when entries bear it")
    func userOfToken() throws {
        let search = ScriptedSearch([
            Entry(id: "e1", dataset: "d1", created: 1), Entry(id: "x", user: "other", dataset: "dx", created: 1),
        ])
        // {"sub":"me"}
        let (names, _, _) = try roots(search, token: "e30.eyJzdWIiOiJtZSJ9.s")

        #expect(names == ["set d1"])
        #expect(search.asked.withLock { $0 } == ["[user_id equals] 0+1000"])
    }

    @Test("filters nothing and says so when nobody can tell whose entries are whose")
    func unknownUser() throws {
        let search = ScriptedSearch([
            Entry(id: "e1", dataset: "d1", share: "public", created: 1),
            Entry(id: "x", user: "other", dataset: "dx", share: "public", created: 2),
        ])
        let (names, store, _) = try roots(search)

        #expect(names == ["set d1", "set dx"])
        #expect(try note(store)?.contains("user id could not be learnt") == true)

        let (own, _, _) = try roots(search) { $0.userID = "other" }
        #expect(own == ["set dx"])
        let (all, shared, _) = try roots(search) { $0.includesShared = true }
        #expect(all == ["set d1", "set dx"])
        #expect(try note(shared) == nil)
    }

    @Test("finds out what no criteria mean", arguments: [ScriptedSearch.EmptyCriteria.nothing, .refused])
    func emptyCriteria(meaning: ScriptedSearch.EmptyCriteria) throws {
        let search = ScriptedSearch([Entry(id: "e1", dataset: "d1", created: 1)], .init(emptyCriteria: meaning))

        #expect(try roots(search).names == ["set d1"])
        #expect(
            search.asked.withLock { $0.prefix(2) } == ["[] 0+1000", "[status equals] 0+1000"] || meaning == .refused
        )
    }

    @Test(
        "finds everything beyond the window by slices of time, nothing twice",
        arguments: [
            ScriptedSearch.Habits(window: 100, largestPage: 100),
            ScriptedSearch.Habits(window: 100, largestPage: 50),
            ScriptedSearch.Habits(window: 150, quietPage: 50),
            ScriptedSearch.Habits(window: 100, knownOperators: ["equals", "greater_than", "less_than"]),
        ]
    )
    func window(habits: ScriptedSearch.Habits) throws {
        try withSeed { random in
            let entries = (0..<1200).map { number in
                Entry(id: "e\(number)", created: Self.base + Int.random(in: 0...40_000_000, using: &random))
            }
            let search = ScriptedSearch(entries, habits)
            let (store, _) = try Edison.scripted {
                $0.searchWindow = habits.window
            } _: {
                search.answer($0)
            }
            let enumeration = Edison.Enumeration(client: store.client, options: store.options)

            let hits = try enumeration.hits([.equals("user_id", "me")], until: Cancellation())

            #expect(Set(hits.records.map(\.id)).count == 1200)
            #expect(hits.records.count == 1200)
            #expect(hits.isComplete)
        }
    }

    @Test("finds out that the window is smaller than assumed")
    func smallerWindow() throws {
        let entries = (0..<900).map { Entry(id: "e\($0)", dataset: "d\($0)", created: Self.base + $0 * 1000) }
        let search = ScriptedSearch(entries, ScriptedSearch.Habits(window: 200, largestPage: 100))

        let (names, store, _) = try roots(search) { $0.userID = "me" }

        #expect(names.count == 900)
        #expect(try note(store) == nil)
    }

    @Test("shows what it can and says so where slices do not work")
    func noSlices() throws {
        let entries = (0..<300).map { Entry(id: "e\($0)", dataset: "d\($0)", created: Self.base + $0) }
        for habits in [
            ScriptedSearch.Habits(window: 100, ignoresTimes: true),
            ScriptedSearch.Habits(window: 100, knownOperators: ["equals"]),
        ] {
            let (names, store, _) = try roots(ScriptedSearch(entries, habits)) {
                $0.searchWindow = 100
                $0.userID = "me"
            }
            #expect(names.count >= 100)
            #expect(try note(store)?.contains("no more than a part") == true)
        }
    }

    @Test(
        "always lists what is named, and only that while the search does not work",
        arguments: [503, 500, 422, 403, 404]
    )
    func searchFails(status: Int) throws {
        let search = ScriptedSearch([
            Entry(id: "e1", dataset: "d1", created: 1), Entry(id: "e2", dataset: "d2", created: 2),
            Entry(id: "loose", user: "other", created: 1),
        ])
        search.habits.withLock { $0.status = status }

        let (names, store, _) = try roots(search) {
            $0.datasets = ["d1", "d9"]
            $0.entries = ["data_entry:loose"]
        }
        #expect(names == ["set d1", "loose"])
        #expect(try note(store)?.contains("search does not work") == true)
        let error = code { _ = try roots(search) }
        #expect(error != nil && error != .notFound)

        search.habits.withLock { $0.status = nil }
        #expect(try Set(self.names(store)) == ["set d1", "set d2", "loose"])
        search.habits.withLock { $0.status = status }
        #expect(try Set(self.names(store)) == ["set d1", "set d2", "loose"], "what was found is not forgotten")
    }

    @Test("drops what the index still shows but the platform no longer has")
    func gone() throws {
        let search = ScriptedSearch([
            Entry(id: "e1", dataset: "d1", created: 1), Entry(id: "e2", dataset: "d2", created: 2, isGone: true),
            Entry(id: "l", created: 2, isGone: true),
        ])
        #expect(try roots(search).names == ["set d1"])
    }

    @Test("asks entries for their dataset where hits do not tell it")
    func untoldDatasets() throws {
        let search = ScriptedSearch([
            Entry(id: "e1", dataset: "d1", created: 1, tellsDataset: false),
            Entry(id: "e2", created: 2, tellsDataset: false),
        ])
        #expect(try roots(search).names == ["set d1", "e2"])
    }

    @Test("keeps a dataset whose name cannot be learnt, under its id, and fails where the platform is out of reach")
    func names() throws {
        let search = ScriptedSearch([Entry(id: "e1", dataset: "d1", created: 1)])
        let status = Mutex(500)
        let (store, _) = try Edison.scripted { request in
            guard request.line.hasSuffix("datasets/d1") else { return search.answer(request) }
            let status = status.withLock { $0 }
            return status == 0 ? .failing(.unreachable) : .json(#"{"detail":"broken"}"#, status: status)
        }
        #expect(try names(store) == ["d1"])
        status.withLock { $0 = 0 }
        #expect(code { _ = try names(store) } == .unreachable)
    }

    @Test("asks each name once a minute")
    func nameMemory() throws {
        let search = ScriptedSearch([Entry(id: "e1", dataset: "d1", created: 1)])
        let time = ManualTime()
        let (store, transport) = try Edison.scripted(time: time) { search.answer($0) }
        let line = "GET /v0.1/data-storage/datasets/d1"

        for _ in 0..<3 { _ = try names(store) }
        #expect(transport.count(line) == 1)
        time.advance(by: .seconds(61))
        _ = try names(store)
        #expect(transport.count(line) == 2)
    }

    @Test("shows the entries of the projects asked for, whoever owns them")
    func projects() throws {
        let asked = Mutex<[String]>([])
        let (store, _) = try Edison.scripted {
            $0.projects = ["p1"]
        } _: { request in
            if request.line.hasSuffix("/search") {
                asked.withLock { $0.append(request.bodyText) }
                return .json(#"[{"id":"e1","name":"n","dataset_id":"d1","user_id":"other"}]"#)
            }
            return .json(#"{"dataset":{"id":"d1","name":"theirs"},"data_storage_entries":[]}"#)
        }
        #expect(try names(store) == ["theirs"])
        #expect(
            asked.withLock { $0 } == [
                #"{"criteria":[{"field":"project_id","operator":"equals","value":"p1"}],"limit":1000,"offset":0,"filter_logic":"AND"}"#
            ]
        )
    }
}
