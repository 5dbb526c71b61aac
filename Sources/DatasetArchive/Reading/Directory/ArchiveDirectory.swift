package import DatasetModel
package import DatasetSync

/// What the end of an archive tells of its members, in the directory's order.
package struct ArchiveDirectory: Sendable {
    package var members: [ArchiveMember]
    package var comment: [UInt8]
    /// Bytes before the archive that its offsets do not count.
    package var prefixLength: UInt64
    package var directoryRange: ByteRange
    /// Names that were repaired, entries that were torn: what the members themselves do not tell.
    package var problems: [ArchiveProblem]

    /// Reads the tail, and the rest of the directory where it begins before it: two reads at most, one more for a 64-bit
    /// end record that is not where every maker puts it, or for a comment longer than the tail.
    ///
    /// - Throws: `.notAnArchive`, `.truncated`, `.damaged`, `.limitExceeded`; `.source` and `.interrupted` as the source says.
    @available(*, noasync, message: "this may wait for the network")
    package init(
        reading source: any ArchiveSource,
        limits: ArchiveLimits = .standard,
        until cancellation: Cancellation
    ) throws(ArchiveError) {
        let (end, tail) = try Self.findEnd(of: source, limits: limits, until: cancellation)
        guard end.directorySize <= limits.maximumDirectorySize else {
            throw Self.excess("a directory of \(end.directorySize) bytes")
        }
        // An entry is 46 bytes at least: a count beyond that is a lie, and the parse finds the true one.
        let fitting = end.directorySize / UInt64(CentralFileHeader.fixedLength)
        guard min(end.members, fitting) <= UInt64(limits.maximumMembers) else {
            throw Self.excess("\(end.members) members")
        }
        let range = ByteRange(offset: end.directoryOffset, count: end.directorySize)
        let tailStart = source.size - UInt64(tail.count)
        var bytes: [UInt8] = []
        if range.offset < tailStart {
            let missing = min(range.end, tailStart) - range.offset
            bytes = try source.bytes(ByteRange(offset: range.offset, count: missing), until: cancellation)
        }
        if range.end > tailStart {
            let first = Int(max(range.offset, tailStart) - tailStart)
            bytes += tail[first..<Int(range.end - tailStart)]
        }
        try self.init(parsing: bytes, end: end, limits: limits)
    }

    /// - Parameter bytes: The directory, from its first entry on.
    init(parsing bytes: [UInt8], end: EndOfArchive, limits: ArchiveLimits) throws(ArchiveError) {
        members = []
        problems = []
        comment = end.comment
        prefixLength = end.prefix
        directoryRange = ByteRange(offset: end.directoryOffset, count: end.directorySize)
        members.reserveCapacity(Int(min(end.members, UInt64(bytes.count / CentralFileHeader.fixedLength))))
        var index = 0
        while let entry = CentralEntry(bytes, at: index) {
            guard members.count < limits.maximumMembers else { throw Self.excess("more than \(members.count) members") }
            let (member, isRepaired) = entry.member(prefix: end.prefix, limit: end.directoryOffset)
            if isRepaired { problems.append(ArchiveProblem(.invalidText, of: member.name, .renamed(to: member.name))) }
            members.append(member)
            index += entry.header.length
        }
        // What follows the entries may be a digital signature; members that were declared and are not there are a loss.
        if UInt64(members.count) < end.members {
            guard !members.isEmpty else {
                throw ArchiveError(
                    .damaged,
                    "The directory of the archive cannot be read",
                    remedy: "Get the archive anew, or repair it with `zip -FF`."
                )
            }
            problems.append(ArchiveProblem(.tornDirectory, of: "", .leftOut))
        }
        MemberJudgement.judge(&members, limits: limits)
    }

    private static func excess(_ what: String) -> ArchiveError {
        ArchiveError(
            .limitExceeded,
            "The archive has \(what), more than the limits allow",
            remedy: "The archive itself can be read as one file."
        )
    }
}
