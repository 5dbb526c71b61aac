/// Something about a member, or the whole directory, that is not as it should be, and what became of it.
package struct ArchiveProblem: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// `..` in the name.
        case traversal
        /// A name that begins at the root or with a drive letter.
        case absoluteName
        case nulInName
        case invalidText
        case overlongName
        case emptyName
        case tooDeep
        case duplicate
        /// A file whose name is a directory's name too.
        case fileIsDirectory
        /// A device, a socket or a FIFO.
        case specialFile
        /// The directory ends, or stops making sense, before all members were told.
        case tornDirectory
        case defect(ArchiveDefect)
    }

    package enum Outcome: Hashable, Sendable {
        case leftOut
        /// Listed under another path than it asked for.
        case renamed(to: String)
        /// Listed; its content answers an error.
        case unreadable
    }

    /// The whole name as the archive has it; empty when the directory is meant.
    package var member: String
    package var kind: Kind
    package var outcome: Outcome

    package init(_ kind: Kind, of member: String, _ outcome: Outcome) {
        self.kind = kind
        self.member = member
        self.outcome = outcome
    }
}

extension ArchiveProblem: CustomStringConvertible {
    package var description: String {
        let consequence =
            switch outcome {
            case .leftOut: "left out"
            case .renamed(let path): "shown as “\(path)”"
            case .unreadable: "its content cannot be read"
            }
        return member.isEmpty ? "\(kind.reason): \(consequence)" : "“\(member)” \(kind.reason): \(consequence)"
    }
}

extension ArchiveProblem.Kind {
    var reason: String {
        switch self {
        case .traversal: "climbs out of the archive"
        case .absoluteName: "has an absolute name"
        case .nulInName: "has a NUL in its name"
        case .invalidText: "has a name that is not the UTF-8 it claims to be"
        case .overlongName: "has a name of more than 255 bytes"
        case .emptyName: "has no name"
        case .tooDeep: "lies in too many directories"
        case .duplicate: "is told again later in the directory"
        case .fileIsDirectory: "is a directory too"
        case .specialFile: "is a device, a socket or a FIFO"
        case .tornDirectory: "the directory of the archive is torn"
        case .defect(let defect): defect.reason
        }
    }
}

extension ArchiveDefect {
    var reason: String {
        switch self {
        case .encrypted: "is encrypted"
        case .unsupportedMethod: "is compressed by a method that is not known here"
        case .overlapping: "overlaps another member"
        case .bomb: "is larger or denser than the limits allow"
        case .lyingSizes: "has sizes that contradict each other"
        case .outOfBounds: "lies outside of the archive"
        }
    }
}
