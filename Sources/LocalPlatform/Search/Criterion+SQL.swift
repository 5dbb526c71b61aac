import GRDB

extension Criterion {
    private static let plainColumns: Set<String> = [
        "id", "user_id", "dataset_id", "project_id", "parent_id", "status", "share_status", "short_alias", "name",
    ]
    private static let moments: Set<String> = ["created_at", "modified_at"]

    /// The criterion as a condition on table `entry` that says exactly the same; nil when SQL cannot say it.
    var sql: (condition: String, arguments: StatementArguments)? {
        if Self.plainColumns.contains(field), comparison == .equals || comparison == .oneOf {
            return ("entry.\(field) IN (\(databaseQuestionMarks(count: values.count)))", StatementArguments(values))
        }
        guard Self.moments.contains(field) else { return nil }
        let moments = values.compactMap(Self.moment)
        guard moments.count == values.count, let first = moments.first else { return nil }
        switch comparison {
        case .greaterThan where moments.count == 1: return ("entry.\(field) > ?", [first])
        case .lessThan where moments.count == 1: return ("entry.\(field) < ?", [first])
        case .between: return ("entry.\(field) BETWEEN ? AND ?", StatementArguments(moments))
        default: return nil
        }
    }

    /// A moment in the form the table holds; one that has it already keeps every digit.
    private static func moment(_ text: String) -> String? {
        if text.utf8.count == 27, text.hasSuffix("Z") { return text }
        return Timestamp.parse(text).map(Timestamp.string)
    }
}
