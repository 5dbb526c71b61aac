/// Finds the members whose content is not to be trusted, from what the directory says alone.
enum MemberJudgement {
    static func judge(_ members: inout [ArchiveMember], limits: ArchiveLimits) {
        var total: UInt64 = 0
        for index in members.indices {
            let sum = total.addingReportingOverflow(members[index].size)
            let isTooMuch = sum.overflow || sum.partialValue > limits.maximumTotalSize
            if !isTooMuch { total = sum.partialValue }
            if members[index].defect == nil {
                members[index].defect = isTooMuch ? .bomb : defect(of: members[index], limits: limits)
            }
        }
        findOverlaps(&members)
    }

    private static func defect(of member: ArchiveMember, limits: ArchiveLimits) -> ArchiveDefect? {
        if member.flags.isEncrypted || member.method == .aesEncrypted { return .encrypted }
        guard member.method.isReadable else { return .unsupportedMethod }
        if member.method == .stored, member.size != member.compressedSize { return .lyingSizes }
        if member.size > 0, member.compressedSize == 0 { return .lyingSizes }
        // A bit of length and a bit of distance make 258 bytes at best.
        if member.method == .deflated, member.size / 1_032 > member.compressedSize { return .lyingSizes }
        if member.size > limits.maximumMemberSize { return .bomb }
        if member.size > limits.ratioFreeSize, member.size / limits.maximumRatio > member.compressedSize {
            return .bomb
        }
        return nil
    }

    /// Every member ends where the next begins; one that would not, and the one it runs into, are both marked.
    private static func findOverlaps(_ members: inout [ArchiveMember]) {
        let order = members.indices.sorted { members[$0].headerOffset < members[$1].headerOffset }
        var reach: (end: UInt64, member: Int)?
        for (place, index) in order.enumerated() {
            guard let end = members[index].leastEnd else { continue }
            if let reach, reach.end > members[index].headerOffset {
                mark(&members[reach.member])
                mark(&members[index])
            }
            if reach.map({ $0.end < end }) ?? true { reach = (end, index) }
            if place + 1 < order.count {
                let next = members[order[place + 1]].headerOffset
                members[index].dataLimit = min(members[index].dataLimit, max(next, members[index].headerOffset))
            }
        }
    }

    private static func mark(_ member: inout ArchiveMember) {
        if member.defect != .outOfBounds { member.defect = .overlapping }
    }
}
