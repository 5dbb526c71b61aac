internal import Synchronization

/// The content of one member: any range of it, in any order, from any number of threads.
///
/// A deflated member has no seeking. Three things make reading it in pieces cheap: streams that stay where the last read
/// ended, checkpoints from which a stream can start (see ``CheckpointStore``), and inflating it at once where it is wanted
/// whole and small.
package final class MemberReader: Sendable {
    package let member: ArchiveMember
    let source: any ArchiveSource
    let limits: ArchiveLimits
    let book: CheckpointBook
    let streams = StreamPool()
    /// Where in the source the data begin; nil until the local header was read.
    private let dataStart = Mutex<UInt64?>(nil)

    package init(
        _ member: ArchiveMember,
        in source: any ArchiveSource,
        checkpoints: any CheckpointStore = MemoryCheckpoints(),
        limits: ArchiveLimits = .standard
    ) {
        self.member = member
        self.source = source
        self.limits = limits
        book = CheckpointBook(member, store: checkpoints)
    }

    var knownDataStart: UInt64? {
        get { dataStart.withLock { $0 } }
        set { dataStart.withLock { $0 = newValue } }
    }

    /// Gives the member's name to errors that do not know it.
    func naming<Answer>(_ body: () throws(ArchiveError) -> Answer) throws(ArchiveError) -> Answer {
        do throws(ArchiveError) {
            return try body()
        } catch {
            var named = error
            named.member = error.member ?? member.name
            throw named
        }
    }
}
