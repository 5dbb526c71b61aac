internal import DatasetModel
internal import DatasetSync

/// Does jobs, each on whatever thread calls.
struct JobRunner: Sendable {
    /// Bytes that are looked at in one place.
    static let probeSize = 16 << 10

    let plan: ArchivePlan
    let old: (any ArchiveSource)?
    let isCompressing: Bool
    let workspaces: WorkspacePool
    let cancellation: Cancellation

    func run(_ job: WriteJob) throws(ArchiveError) -> WriteProduct {
        try checkCancellation()
        switch job {
        case .small(let members): return try small(members)
        case .piece(let member, let range, let isLast, let isDeflated):
            return try piece(member, range, isLast: isLast, isDeflated: isDeflated)
        case .copy(let run, let range):
            guard let old else {
                let name = plan.members[run.members.lowerBound].path
                throw ArchiveError(.invalid, "There is no archive to copy from", member: name)
            }
            return .copy(run, range, try old.bytes(range, until: cancellation))
        }
    }

    /// Some spots of a large content, together at most one piece, tell for all of it.
    func isWorthDeflating(_ member: NewMember) throws(ArchiveError) -> Bool {
        guard isCompressing, case .file(let content) = member.content else { return false }
        try checkCancellation()
        return try workspaces.with { workspace throws(ArchiveError) in
            let spots: UInt64 = 5
            for spot in 0..<spots {
                let offset = (content.size - UInt64(Self.probeSize)) / (spots - 1) * spot
                let room = unsafe UnsafeMutableRawBufferPointer(rebasing: workspace.input[..<Self.probeSize])
                unsafe try read(content, at: offset, into: room, of: member.path)
                if workspace.isCompressible(0..<Self.probeSize) { return true }
            }
            return false
        }
    }

    func checkCancellation() throws(ArchiveError) {
        if let reason = cancellation.reason { throw ArchiveError(reason, during: "Writing the archive") }
    }

    /// Brings bytes of a content into the whole of `buffer`.
    ///
    /// - Parameter path: Of the member, for the error.
    func read(
        _ content: any StagedContent,
        at offset: UInt64,
        into buffer: UnsafeMutableRawBufferPointer,
        of path: String?
    ) throws(ArchiveError) {
        guard unsafe !buffer.isEmpty else { return }
        do throws(StoreError) {
            unsafe try content.read(at: offset, into: buffer)
        } catch {
            throw ArchiveError(error, member: path)
        }
    }
}
