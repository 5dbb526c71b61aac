internal import DatasetJournal

extension Change {
    private static let mark = "after "

    /// What must be at the store before this may be removed there: its copy under another name, of which it would be the
    /// last trace otherwise.
    ///
    /// Kept in the note, which no store writes for a removal: it holds after a crash as well.
    var predecessor: ChangeID? {
        get {
            guard isRemoval, let note, note.hasPrefix(Self.mark) else { return nil }
            return Int64(note.dropFirst(Self.mark.count)).map(ChangeID.init(rawValue:))
        }
        set { note = newValue.map { Self.mark + String($0.rawValue) } }
    }
}
