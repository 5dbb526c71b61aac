internal import DatasetModel

/// An archive that was written.
package struct WrittenArchive: Sendable {
    /// Bytes.
    package let size: UInt64
    /// Members whose data are as they were, not compressed; directories and copied ones aside.
    package let storedMembers: Int
    /// What reading its directory would answer, in the same order.
    package var members: [ArchiveMember] {
        let ends = facts.dropFirst().map(\.headerOffset) + [directoryOffset]
        return zip(zip(plan.members, facts), ends).map { pair, end in
            let (member, facts) = pair
            let name = String(decoding: member.storedName, as: UTF8.self)
            return ArchiveMember(
                name: name,
                kind: member.kind,
                method: facts.method,
                flags: facts.flags,
                size: facts.size,
                compressedSize: facts.compressedSize,
                crc32: facts.crc32,
                headerOffset: facts.headerOffset,
                nameLength: UInt16(name.utf8.count),
                dataLimit: end,
                permissions: member.permissions & 0o7777,
                modified: Timestamp(seconds: member.modified.seconds),
                defect: member.defect
            )
        }
    }

    private let plan: ArchivePlan
    private let facts: [WrittenFacts]
    private let directoryOffset: UInt64

    init(_ plan: ArchivePlan, _ facts: [WrittenFacts], directoryOffset: UInt64, size: UInt64) {
        self.plan = plan
        self.facts = facts
        self.directoryOffset = directoryOffset
        self.size = size
        storedMembers = zip(plan.members, facts).reduce(0) { count, pair in
            guard case .file = pair.0.content else { return count }
            return count + (pair.1.method == .stored ? 1 : 0)
        }
    }
}
