internal import DatasetJournal

/// What stands in the note: for a removal perhaps what it comes after, and the store's own text of an upload under way.
///
/// An upload whose answer was not heard may have gone through: its text stays with whatever is done to the file next.
extension Change {
    private static let order = "after "
    private static let upload = "content "

    /// What must be at the store before this may be removed there: its copy under another name, of which it would be the
    /// last trace otherwise.
    var predecessor: ChangeID? {
        get { split.predecessor }
        set {
            let lines = [newValue.map { Self.order + String($0.rawValue) }, split.rest].compactMap(\.self)
            note = lines.isEmpty ? nil : lines.joined(separator: "\n")
        }
    }

    /// What the store wrote down of an upload, and of which content.
    var upload: (content: ContentID?, note: String)? {
        guard let note = split.rest else { return nil }
        guard note.hasPrefix(Self.upload), let end = note.firstIndex(of: "\n"),
            let id = Int64(note[..<end].dropFirst(Self.upload.count))
        else { return (nil, note) }
        return (ContentID(rawValue: id), String(note[note.index(after: end)...]))
    }

    /// What is to be remembered of another change's upload to the same location, in place of one's own.
    mutating func inheritUpload(of other: Change?) {
        let first = predecessor
        note = other?.split.rest
        if isRemoval { predecessor = first }
    }

    /// The same as text: one content's note tells nothing of another's upload.
    static func note(_ text: String, of content: ContentID?) -> String {
        content.map { "\(upload)\($0.rawValue)\n\(text)" } ?? text
    }

    private var split: (predecessor: ChangeID?, rest: String?) {
        guard isRemoval, let note, note.hasPrefix(Self.order) else { return (nil, note) }
        let lines = note.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard let id = Int64(lines[0].dropFirst(Self.order.count)) else { return (nil, note) }
        return (ChangeID(rawValue: id), lines.count > 1 ? String(lines[1]) : nil)
    }
}
