/// What a `put` tells people.
enum PutText {
    /// `text        1.2 KiB  proj/readme.md`
    static func line(_ row: PutRow, under source: String) -> String {
        let what = row.action == .create ? row.form ?? "" : "\(row.action.rawValue)\(row.form.map { ", \($0)" } ?? "")"
        let size = row.bytes.map(Size.text) ?? "-"
        let path = row.path.isEmpty ? source : "\(source)/\(row.path)"
        var text = what.padded(to: 20) + String(repeating: " ", count: max(12 - size.count, 1)) + size
        text += "  \(NodeText.printable(path))"
        if let reason = row.reason { text += "  (\(NodeText.printable(reason)))" }
        return text
    }

    /// `3 sent (1.2 MiB), 1 replaced (10 B), 4 unchanged, 2 left out`
    static func summary(_ report: PutReport) -> String {
        var parts: [String] = []
        for (action, word) in [(PutRow.Action.create, "sent"), (.replace, "replaced")] where report.count(action) > 0 {
            parts.append("\(report.count(action)) \(word) (\(Size.text(report.bytes(action))))")
        }
        for (action, word) in [
            (PutRow.Action.describe, "described anew"), (.unchanged, "unchanged"), (.leftOut, "left out"),
            (.failed, "failed"),
        ] where report.count(action) > 0 {
            parts.append("\(report.count(action)) \(word)")
        }
        return parts.isEmpty ? "nothing to send" : parts.joined(separator: ", ")
    }
}
