internal import Synchronization

/// The content of one member: any range of it, in any order, from any number of threads.
///
/// A deflated member has no seeking. Three things make reading it in pieces cheap: streams that stay where the last read
/// ended, checkpoints from which a stream can start (see ``CheckpointStore``), and inflating it at once where it is wanted
/// whole and small.
package final class MemberReader: Sendable {
    private struct State {
        /// Where in the source the data begin; nil until the local header was read.
        var dataStart: UInt64?
        /// Streams that nobody uses now, the most recently used last.
        var idle: [MemberStream] = []
    }

    /// Threads that read one member in sequence at the same time, each with a stream of its own.
    private static let idleStreams = 4

    package let member: ArchiveMember
    let source: any ArchiveSource
    let limits: ArchiveLimits
    let book: CheckpointBook
    private let state = Mutex(State())

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
        get { state.withLock { $0.dataStart } }
        set { state.withLock { $0.dataStart = newValue } }
    }

    /// The idle stream that has the shortest way to `offset`, taken out; nil when all are beyond it.
    func takeStream(before offset: UInt64) -> MemberStream? {
        state.withLock { state in
            let fitting = state.idle.indices.filter { state.idle[$0].position <= offset }
            guard let best = fitting.max(by: { state.idle[$0].position < state.idle[$1].position }) else { return nil }
            return state.idle.remove(at: best)
        }
    }

    /// Keeps a stream for the next read; one at the end is of no more use.
    func keep(_ stream: MemberStream) {
        guard stream.position < member.size else { return }
        let dropped = state.withLock { state -> MemberStream? in
            state.idle.append(stream)
            return state.idle.count > Self.idleStreams ? state.idle.removeFirst() : nil
        }
        // Freed here, outside of the lock.
        _ = dropped
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
