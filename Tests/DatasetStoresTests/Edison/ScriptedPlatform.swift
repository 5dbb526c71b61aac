import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization

@testable import DatasetStores

/// One entry with one object, whose store misbehaves as a test says.
final class ScriptedObject: Sendable {
    struct State {
        var content: [UInt8]
        var etag = "\"v1\""
        var minted = 0
        var declaredSize: Int?
        var revision: String? = "r1"
        var bucket: String?
        /// Answers of the object store that come before the ordinary ones.
        var faults: [@Sendable (HTTPRequest, ScriptedTransport.Answer) -> ScriptedTransport.Answer] = []
        var headers: [(String, String)] = []
    }

    let state: Mutex<State>

    init(_ content: [UInt8]) {
        state = Mutex(State(content: content))
    }

    static let sample = SeededBytes.of(30_000)
    static let objectHost = "https://objects.test/"

    func answer(_ request: HTTPRequest) -> ScriptedTransport.Answer {
        state.withLock { state in
            if request.url.hasPrefix(Self.objectHost) {
                let fields = state.headers + [("ETag", state.etag)]
                let ordinary = ScriptedTransport.Answer.part(of: state.content, for: request, headers: fields)
                return state.faults.isEmpty ? ordinary : state.faults.removeFirst()(request, ordinary)
            }
            state.minted += 1
            var metadata: [String] = []
            if let size = state.declaredSize { metadata.append(#""size":\#(size)"#) }
            if let bucket = state.bucket { metadata.append(#""bucket_name":"\#(bucket)""#) }
            let revision = state.revision.map { #""\#($0)""# } ?? "null"
            return .json(
                #"""
                {"data_storage":{"id":"e1","name":"n.bin","status":"active","file_path":"n.bin","dataset_id":"d1",
                  "modified_at":"2026-01-02T03:04:05Z","created_at":"2026-01-02T03:04:05Z"},
                 "storage_locations":[{"id":"l1","storage_config":{"storage_type":"gcs","content_type":"file",
                  "metadata":{\#(metadata.joined(separator: ","))},
                  "signed_url":"\#(Self.objectHost)o?X-Goog-Expires=900&X-Goog-Signature=SECRET\#(state.minted)"}}],
                 "revision_id":\#(revision),"current_revision_id":\#(revision)}
                """#
            )
        }
    }

    func store(time: any TimeSource = SystemTime()) throws -> (store: Edison.Store, transport: ScriptedTransport) {
        try Edison.scripted(time: time) { self.answer($0) }
    }
}

/// What tests of reading one object have in common.
protocol ObjectReading {}

extension ObjectReading {
    typealias Answer = ScriptedTransport.Answer

    static var content: [UInt8] { ScriptedObject.sample }

    func read(_ store: Edison.Store, _ node: Node, _ range: ByteRange? = nil) throws -> [UInt8] {
        let sink = CollectingSink()
        try store.read(
            range ?? ByteRange(offset: 0, count: node.size ?? 0),
            of: node,
            into: sink,
            until: Cancellation()
        )
        return sink.bytes
    }

    func node(_ store: Edison.Store) throws -> Node {
        try store.node(at: Location("entry/e1"), until: Cancellation())
    }
}

enum SeededBytes {
    static func of(_ count: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: 7)
        return generator.bytes(count)
    }
}

extension ScriptedTransport.Answer {
    func with(_ name: String, _ value: String?) -> Self {
        var answer = self
        answer.headers.removeAll { $0.0 == name }
        if let value { answer.headers.append((name, value)) }
        return answer
    }
}
