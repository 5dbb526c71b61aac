internal import DatasetModel

/// Cuts a plan into jobs, in order, one at a time.
struct JobSource {
    /// Members of no content are work too: no job has more of them.
    static let mostMembers = 512
    /// Copied in one read.
    static let copySize: UInt64 = 4 << 20
    /// Bytes between two copied members that are rather fetched in vain than asked around: a local header's extra fields,
    /// a data descriptor, a small member that has changed.
    static let largestGap: UInt64 = 64 << 10

    private enum Large {
        case pieces(member: Int, next: UInt64, isDeflated: Bool)
        case copy(CopyRun, next: UInt64)
    }

    private let plan: ArchivePlan
    private var next = 0
    private var large: Large?

    init(_ plan: ArchivePlan) {
        self.plan = plan
    }

    /// - Parameter isWorthDeflating: Looks at the content of a large member; asked once for each, when it begins.
    /// - Returns: Nil when there is nothing left to do.
    mutating func nextJob<Failure: Error>(
        _ isWorthDeflating: (NewMember) throws(Failure) -> Bool
    ) throws(Failure) -> WriteJob? {
        if let large { return advance(large) }
        guard next < plan.members.count else { return nil }
        switch plan.members[next].content {
        case .copied(let old) where old.kind != .directory:
            let run = copyRun(from: next)
            next = run.members.upperBound
            return advance(.copy(run, next: run.range.offset))
        case .file(let content) where content.size > UInt64(Workspace.pieceSize):
            let isDeflated = try isWorthDeflating(plan.members[next])
            next += 1
            return advance(.pieces(member: next - 1, next: 0, isDeflated: isDeflated))
        default:
            let range = smallMembers(from: next)
            next = range.upperBound
            return .small(range)
        }
    }

    private mutating func advance(_ large: Large) -> WriteJob {
        switch large {
        case .pieces(let member, let start, let isDeflated):
            let size = plan.members[member].size
            let range = ByteRange(offset: start, count: UInt64(Workspace.pieceSize)).clamped(to: size)
            let isLast = range.end == size
            self.large = isLast ? nil : .pieces(member: member, next: range.end, isDeflated: isDeflated)
            return .piece(member: member, range, isLast: isLast, isDeflated: isDeflated)
        case .copy(let run, let start):
            let range = ByteRange(offset: start, count: Self.copySize).clamped(to: run.range.end)
            self.large = range.end == run.range.end ? nil : .copy(run, next: range.end)
            return .copy(run, range)
        }
    }

    /// At least one member, and as many as fit into a piece.
    private func smallMembers(from start: Int) -> Range<Int> {
        var total: UInt64 = 0
        var end = start
        while end < plan.members.count, end - start < Self.mostMembers {
            let member = plan.members[end]
            if case .copied = member.content, member.kind != .directory { break }
            total += min(member.size, UInt64(Workspace.pieceSize) + 1)
            if end > start, total > UInt64(Workspace.pieceSize) { break }
            end += 1
        }
        return start..<end
    }

    /// At least one member; directories in between do not end it.
    private func copyRun(from start: Int) -> CopyRun {
        var end = start
        var range = ByteRange(offset: 0, count: 0)
        var lastEnd: UInt64 = 0
        while end < plan.members.count {
            let member = plan.members[end]
            if member.kind != .directory {
                guard case .copied(let old) = member.content else { break }
                let isNear = old.headerOffset >= lastEnd && old.headerOffset - lastEnd <= Self.largestGap
                guard end == start || isNear else { break }
                lastEnd = old.leastEnd ?? .max
                // The local header may have more extra fields than the directory tells of.
                let reach = min(old.dataLimit, lastEnd < .max - Self.largestGap ? lastEnd + Self.largestGap : .max)
                let first = end == start ? old.headerOffset : range.offset
                range = ByteRange(offset: first, count: max(reach, first) - first)
            }
            end += 1
        }
        return CopyRun(members: start..<end, range: range)
    }
}
