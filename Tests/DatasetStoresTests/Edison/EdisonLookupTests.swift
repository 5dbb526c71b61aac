import DatasetHTTP
import DatasetModel
import DatasetSync
import Testing

@testable import DatasetStores

@Suite("Edison's names at the root") struct EdisonLookupTests {
    @Test("opens by id, by alias and by name what no listing shows, and lists an opened dataset from then on")
    func lookups() throws {
        let dataset = "0f8fad5b-d9cb-469f-a165-70867728950e"
        let entry = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
        let (store, transport) = try Edison.scripted { request in
            switch request.line {
            case "GET /v0.1/data-storage/datasets/\(dataset)":
                return .json(#"{"dataset":{"id":"\#(dataset)","name":"mine"},"data_storage_entries":[]}"#)
            case "GET /v0.1/data-storage/data-entries/\(entry)", "GET /v0.1/data-storage/data-entries/abc123":
                return .json(
                    #"{"data_storage":{"id":"\#(entry)","name":"an entry","content":"x"},"storage_locations":[]}"#
                )
            case "POST /v0.1/data-storage/search":
                let isName = request.bodyText.contains(#""field":"name","operator":"equals","value":"an entry""#)
                return .json(isName ? #"[{"id":"\#(entry)","name":"an entry","dataset_id":null}]"# : "[]")
            case _ where request.line.contains("/datasets/"):
                return .json(#"{"detail":"Dataset not found"}"#, status: 404)
            default: return .json(#"{"detail":"Data storage entry not found"}"#, status: 404)
            }
        }
        func child(_ name: String) throws -> Location {
            try store.child(named: name, of: .root, until: Cancellation()).location
        }
        #expect(try store.children(of: .root, after: nil, until: Cancellation()).nodes.isEmpty)
        #expect(try child(dataset.uppercased()) == Location("dataset/\(dataset)"))
        #expect(try child(entry) == Location("entry/\(entry)"))
        #expect(try child("data_entry:\(entry)") == Location("entry/\(entry)"))
        #expect(try child("abc123") == Location("entry/\(entry)"))
        #expect(try child("an entry") == Location("entry/\(entry)"))
        #expect(code { _ = try child("another entry") } == .notFound)
        #expect(code { _ = try child("00000000-0000-4000-8000-000000000000") } == .notFound)
        transport.forget()
        #expect(code { _ = try child(".Trash-1000") } == .notFound)
        #expect(transport.requests.isEmpty)
        #expect(try store.children(of: .root, after: nil, until: Cancellation()).nodes.map(\.name) == ["mine"])
        #expect(try child("mine") == Location("dataset/\(dataset)"))
    }

    @Test("does not take an unreachable or broken search for an absent name")
    func unknownIsNotAbsent() throws {
        for (answer, expected) in [
            (ScriptedTransport.Answer.failing(.unreachable), StoreError.Code.unreachable),
            (.json("{}", status: 503), .serverFailure), (.json("<html>", status: 404), .unsupported),
        ] {
            let (store, _) = try Edison.scripted { _ in answer }
            for name in ["two words", "abc123", "0f8fad5b-d9cb-469f-a165-70867728950e"] {
                #expect(
                    code { _ = try store.child(named: name, of: .root, until: Cancellation()) } == expected,
                    "\(name)"
                )
            }
        }
    }
}
