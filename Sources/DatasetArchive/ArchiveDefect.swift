/// Why the content of a member will not be read, as far as the directory alone tells; the member is listed all the same.
package enum ArchiveDefect: UInt8, Hashable, Sendable, CaseIterable {
    case encrypted = 1
    case unsupportedMethod = 2
    /// Its bytes are another member's bytes too: the way one kilobyte becomes a terabyte.
    case overlapping = 3
    /// Larger, or denser, than the limits allow.
    case bomb = 4
    /// The two sizes contradict each other or the method.
    case lyingSizes = 5
    /// Its bytes would lie outside of the archive, or in another volume of it.
    case outOfBounds = 6
}

extension ArchiveError {
    /// What reading the content of such a member answers.
    init(_ defect: ArchiveDefect, of member: ArchiveMember) {
        let raw = "The archive itself can be read as one file."
        let damaged = "Get the archive anew, or repair it with `zip -FF`."
        switch defect {
        case .encrypted:
            self.init(
                .encrypted,
                "The member is encrypted",
                remedy: "Take the archive as one file and unpack it with its password."
            )
        case .unsupportedMethod:
            self.init(
                .unsupportedMethod,
                "The member is compressed by \(member.method.name), which is not known here",
                remedy: "\(raw) 7z knows most methods."
            )
        case .overlapping:
            self.init(.damaged, "The member's bytes overlap those of another member", remedy: raw)
        case .bomb:
            self.init(
                .limitExceeded,
                "The member declares \(member.size) bytes out of \(member.compressedSize), more than the limits allow",
                remedy: raw
            )
        case .lyingSizes:
            self.init(
                .damaged,
                "The member cannot have \(member.size) bytes out of \(member.compressedSize)",
                remedy: damaged
            )
        case .outOfBounds:
            self.init(.damaged, "The member's bytes would lie outside of the archive", remedy: damaged)
        }
        self.member = member.name
    }
}
