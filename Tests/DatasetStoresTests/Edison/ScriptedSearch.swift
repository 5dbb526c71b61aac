import DatasetHTTP
import Foundation
import Synchronization

/// An index of entries that answers searches as the platform may: with its own ideas about criteria, pages and windows.
final class ScriptedSearch: Sendable {
    struct Entry: Sendable {
        var id: String
        var user = "me"
        var dataset: String?
        var share = "private"
        /// Seconds since 1970.
        var created: Int
        var tellsDataset = true
        /// The index still shows it, the platform no longer has it.
        var isGone = false
    }

    enum EmptyCriteria: Sendable { case all, nothing, refused }

    struct Habits: Sendable {
        var window = 10_000
        var largestPage = 1000
        var quietPage: Int?
        var emptyCriteria = EmptyCriteria.all
        var knownOperators: Set<String> = ["equals", "between", "greater_than", "less_than"]
        var ignoresTimes = false
        var status: Int?
    }

    let entries: [Entry]
    let habits: Mutex<Habits>
    let asked = Mutex<[String]>([])

    init(_ entries: [Entry], _ habits: Habits = Habits()) {
        self.entries = entries
        self.habits = Mutex(habits)
    }

    private static let formatter = Mutex<ISO8601DateFormatter>(ISO8601DateFormatter())

    static func stamp(_ seconds: Int) -> String {
        formatter.withLock { $0.string(from: Date(timeIntervalSince1970: TimeInterval(seconds))) }
    }

    static func seconds(_ text: String) -> Double {
        let whole = text.replacing(/\.\d+/, with: "")
        let fraction = text.firstMatch(of: /\.\d+/).flatMap { Double("0\($0.0)") } ?? 0
        return formatter.withLock { ($0.date(from: whole)?.timeIntervalSince1970 ?? 0) } + fraction
    }

    func answer(_ request: HTTPRequest) -> ScriptedTransport.Answer {
        let path = "/v0.1/data-storage/"
        guard let range = request.line.range(of: path) else { return .json("{}", status: 500) }
        let rest = request.line[range.upperBound...]
        if rest == "search" { return search(request) }
        if rest.hasPrefix("datasets/") { return dataset(String(rest.dropFirst(9))) }
        return entry(String(rest.dropFirst("data-entries/".count)))
    }

    private func dataset(_ id: String) -> ScriptedTransport.Answer {
        guard entries.contains(where: { $0.dataset == id && !$0.isGone }) else {
            return .json(#"{"detail":"Dataset not found"}"#, status: 404)
        }
        return .json(#"{"dataset":{"id":"\#(id)","name":"set \#(id)"},"data_storage_entries":[]}"#)
    }

    private func entry(_ id: String) -> ScriptedTransport.Answer {
        guard let entry = entries.first(where: { $0.id == id && !$0.isGone }) else {
            return .json(#"{"detail":"Data storage entry not found"}"#, status: 404)
        }
        let dataset = entry.dataset.map { #""\#($0)""# } ?? "null"
        return .json(
            #"{"data_storage":{"id":"\#(id)","name":"\#(id)","content":"x","status":"active","user_id":"\#(entry.user)","#
                + #""dataset_id":\#(dataset)},"storage_locations":[]}"#
        )
    }

    private func search(_ request: HTTPRequest) -> ScriptedTransport.Answer {
        let habits = habits.withLock { $0 }
        if let status = habits.status { return .json(#"{"detail":"search is down"}"#, status: status) }
        guard let body = try? JSONSerialization.jsonObject(with: Data(request.body ?? [])) as? [String: Any],
            let criteria = body["criteria"] as? [[String: Any]], let limit = body["limit"] as? Int,
            let offset = body["offset"] as? Int, body["filter_logic"] as? String == "AND"
        else { return .json("{}", status: 500) }
        let fields = criteria.map { "\($0["field"] ?? "") \($0["operator"] ?? "")" }.joined(separator: ", ")
        asked.withLock { $0.append("[\(fields)] \(offset)+\(limit)") }
        let refusal = ScriptedTransport.Answer.json(#"{"detail":"no"}"#, status: 422)
        guard limit <= habits.largestPage, offset + limit <= habits.window else { return refusal }
        if criteria.isEmpty {
            switch habits.emptyCriteria {
            case .all: break
            case .nothing: return .json("[]")
            case .refused: return refusal
            }
        }
        var found = entries
        for criterion in criteria {
            guard let name = criterion["operator"] as? String, habits.knownOperators.contains(name) else {
                return refusal
            }
            let text = criterion["value"] as? String ?? ""
            let isTime = criterion["field"] as? String == "created_at"
            let ends = isTime ? (criterion["value"] as? [String] ?? [text]).map(Self.seconds) : []
            found = found.filter { matches($0, criterion["field"] as? String ?? "", name, text, ends, habits) }
        }
        let page = found.dropFirst(offset).prefix(min(limit, habits.quietPage ?? limit))
        return .json("[" + page.map(Self.hit).joined(separator: ",") + "]")
    }

    private func matches(
        _ entry: Entry,
        _ field: String,
        _ operation: String,
        _ text: String,
        _ ends: [Double],
        _ habits: Habits
    ) -> Bool {
        switch field {
        case "user_id": return entry.user == text
        case "share_status": return entry.share == text
        case "status": return text == "active"
        case "name": return entry.id == text
        case "created_at":
            if habits.ignoresTimes { return true }
            let created = Double(entry.created)
            switch operation {
            // Both ends left out: the harder of the two readings.
            case "between": return ends.count == 2 && created > ends[0] && created < ends[1]
            case "greater_than": return created > ends[0]
            default: return created < ends[0]
            }
        default: return false
        }
    }

    private static func hit(_ entry: Entry) -> String {
        let dataset = entry.dataset.map { #""\#($0)""# } ?? "null"
        let told = entry.tellsDataset ? #","dataset_id":\#(dataset)"# : ""
        return #"{"id":"\#(entry.id)","name":"\#(entry.id)","score":1.0,"user_id":"\#(entry.user)","#
            + #""share_status":"\#(entry.share)","created_at":"\#(stamp(entry.created))"\#(told)}"#
    }
}
