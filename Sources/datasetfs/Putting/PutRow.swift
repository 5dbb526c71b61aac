/// What became of one thing of a `put`, or what would.
struct PutRow: Encodable, Sendable {
    enum Action: String, Encodable, Sendable {
        case create, replace, unchanged
        /// Its content stays, its description or tags do not.
        case describe
        case leftOut = "left out"
        case failed
    }

    /// Below the source; empty for the source itself.
    var path: String
    /// The store's word for it: `text`, `file`, `directory`, `dataset`, `link`, `collection`.
    var form: String?
    var action: Action
    var bytes: UInt64?
    var id: String?
    var description: String?
    /// Why it was left out or failed.
    var reason: String?

    enum CodingKeys: String, CodingKey {
        case path, action, bytes, id, description, reason
        case form = "as"
    }
}

/// What a whole `put` did, or would do.
struct PutReport: Encodable {
    var source: String
    var destination: String
    var isDryRun: Bool
    /// Of what stands for the source.
    var id: String?
    var items: [PutRow]

    enum CodingKeys: String, CodingKey {
        case source, destination, id, items
        case isDryRun = "dry_run"
    }

    func count(_ action: PutRow.Action) -> Int { items.count { $0.action == action } }

    func bytes(_ action: PutRow.Action) -> UInt64 {
        items.reduce(0) { $0 + ($1.action == action ? $1.bytes ?? 0 : 0) }
    }
}
