internal import DatasetModel
internal import FoundationEssentials

extension Gufe {
    /// What a directory's store must know to go on with a creation or a replacement after a crash.
    ///
    /// The temporary file's name is noted before there is such a file, the rest before its first byte. The note stands by
    /// what it says until the end: a file that bears the temporary file's inode and that very time is the one that was made
    /// here, whole and unchanged, whatever it is called.
    struct FileNote: Codable, Equatable {
        /// Nil for a directory and a link, which are made under their own names.
        var temporary: Temporary?
        /// Where a directory or link is about to be made, with nothing there yet; nil in notes of old.
        var made: Location?
        /// Of a link.
        var target: String?

        struct Temporary: Codable, Equatable {
            var parent: Location
            var name: String
            var device: UInt64
            var inode: UInt64
            /// The time of modification that the file gets, in nanoseconds since 1970.
            var modified: Int64
            /// Where the file is to stand; nil in notes of old.
            var place: Location?
        }

        init(_ temporary: Temporary) {
            self.temporary = temporary
        }

        init(_ kind: Creation.Kind, at place: Location) {
            made = place
            if case .link(let target) = kind { self.target = target }
        }

        /// - Parameter text: Of a ledger; what no store of this kind wrote counts as none.
        init?(text: String?) {
            guard let text, let note = try? JSONDecoder().decode(FileNote.self, from: Data(text.utf8)) else {
                return nil
            }
            self = note
        }

        var text: String {
            (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        }

        /// Whether that is the finished file, unchanged since: a file gets its own name only when it is whole.
        func describes(_ status: FileStatus) -> Bool {
            guard let temporary, status.isRegular else { return false }
            return status.device == temporary.device && status.inode == temporary.inode
                && status.modified.nanoseconds == temporary.modified
        }
    }
}
