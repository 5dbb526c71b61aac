internal import DatasetJournal

extension Change {
    private static let order = "after "
    private static let upload = "content "

    /// What must be at the store before this may be removed there: its copy under another name, of which it would be the
    /// last trace otherwise.
    ///
    /// Kept in the note, which no store writes for a removal: it holds after a crash as well.
    var predecessor: ChangeID? {
        get {
            guard isRemoval, let note, note.hasPrefix(Self.order) else { return nil }
            return Int64(note.dropFirst(Self.order.count)).map(ChangeID.init(rawValue:))
        }
        set { note = newValue.map { Self.order + String($0.rawValue) } }
    }

    /// What the store wrote down of an upload, and of which content.
    var upload: (content: ContentID?, note: String)? {
        guard !isRemoval, let note else { return nil }
        guard note.hasPrefix(Self.upload), let end = note.firstIndex(of: "\n"),
            let id = Int64(note[..<end].dropFirst(Self.upload.count))
        else { return (nil, note) }
        return (ContentID(rawValue: id), String(note[note.index(after: end)...]))
    }

    /// The same as text: one content's note tells nothing of another's upload.
    static func note(_ text: String, of content: ContentID?) -> String {
        content.map { "\(upload)\($0.rawValue)\n\(text)" } ?? text
    }
}
