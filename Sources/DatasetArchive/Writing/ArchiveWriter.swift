internal import DatasetModel
package import DatasetSync
internal import Glibc

/// Writes a tree as one zip archive.
///
/// Equal trees give equal bytes, whatever the number of threads: order, times and every field depend on the tree alone. Small
/// members are compressed one by one, large ones in pieces, by several threads; what does not become smaller is
/// stored. Memory is bounded by the number of threads, not by the tree, but for some hundred bytes per member. Sizes and
/// checksums stand in the local headers; a data descriptor remains only where a copied member's encryption wants it.
package struct ArchiveWriter: Sendable {
    /// libdeflate's, 1 to 12.
    package var level = 6
    /// False stores everything.
    package var isCompressing = true
    /// Reading, compressing and fetching; more than there are processors, because some of it is waiting. Each takes some 5 MB.
    package var threads = min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 4), 6)

    /// Bytes that are ready or being made ready, beyond those of the threads' own buffers.
    private static let room = 24 << 20

    package init() {}

    /// Writes an archive from its first byte to its last.
    ///
    /// - Parameters:
    ///   - old: The archive that the plan's copied members are taken from. Their bytes are fetched once, neighbours together.
    ///   - progress: Told how many bytes of content have gone into the archive so far, copied ones as they are unpacked.
    /// - Returns: What the archive has become.
    /// - Throws: `.source` with what a content, the old archive or the output said; `.interrupted`; `.damaged` and
    ///   `.truncated` for an old archive that is not as its members say.
    @available(*, noasync, message: "this may wait for the network")
    package func write(
        _ plan: ArchivePlan,
        copyingFrom old: (any ArchiveSource)? = nil,
        to output: any ArchiveOutput,
        until cancellation: Cancellation,
        progress: (UInt64) -> Void = { _ in }
    ) throws(ArchiveError) -> WrittenArchive {
        let runner = JobRunner(
            plan: plan,
            old: old,
            isCompressing: isCompressing,
            workspaces: WorkspacePool(level: min(max(level, 1), 12)),
            cancellation: cancellation
        )
        let threads = max(threads, 1)
        let work = OrderedWork<WriteJob, WriteProduct>(threads: threads, capacity: 2 * threads + 2) {
            job throws(ArchiveError) in try runner.run(job)
        }
        defer { work.shutDown() }
        var jobs = JobSource(plan)
        var assembly = ArchiveAssembly(plan, to: output)
        var (given, taken, held) = (0, 0, 0)
        var costs: [Int: Int] = [:]
        var waiting = try jobs.nextJob(runner.isWorthDeflating)
        while waiting != nil || taken < given {
            while let job = waiting, given == taken || held + job.cost <= Self.room, given - taken < 2 * threads {
                work.give(job, number: given)
                costs[given] = job.cost
                held += job.cost
                given += 1
                waiting = try jobs.nextJob(runner.isWorthDeflating)
            }
            guard let product = work.take(taken, until: cancellation) else {
                throw ArchiveError(cancellation.reason ?? .interrupted, during: "Writing the archive")
            }
            try assembly.add(try product.get())
            held -= costs.removeValue(forKey: taken) ?? 0
            taken += 1
            progress(assembly.contentWritten)
        }
        return try assembly.finish()
    }
}
