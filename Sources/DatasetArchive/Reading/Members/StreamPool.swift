internal import DatasetModel
internal import DatasetSync

/// The streams of one member, and who may go on with which.
///
/// A content that is fetched ahead is asked for in pieces, by several threads, in nearly any order. A stream has one order
/// only: without a rule every piece would be unpacked from the front again. The rule: a read whose way a stream under way will
/// shorten waits for that stream, and of several that wait the one with the lowest offset goes first.
final class StreamPool: Sendable {
    private struct State {
        /// Streams that nobody uses, the most recently used last.
        var idle: [MemberStream] = []
        /// Where the streams in use will stand when their reads end.
        var goals: [UInt64] = []
        /// The offsets of the reads that wait.
        var waiting: [UInt64] = []
    }

    private enum Way {
        case goOn(MemberStream)
        case start
    }

    /// Threads that read one member in sequence at the same time, each with a stream of its own.
    private static let idleStreams = 4
    /// Bytes of content that are unpacked again rather than waited for: a millisecond or two of work.
    private static let shortWay: UInt64 = 512 << 10

    private let state = Monitor(State())

    /// The stream to go on with, now in use; nil when the caller does best to start one at `floor`.
    ///
    /// Whatever comes, ``give(back:from:)`` or ``drop(_:)`` must follow with the same range.
    ///
    /// - Parameter floor: The nearest checkpoint at or before the range, 0 without one.
    /// - Throws: `.interrupted`; nothing must follow then.
    @available(*, noasync, message: "this may wait for another thread")
    func take(for range: ByteRange, floor: UInt64, until cancellation: Cancellation) throws(ArchiveError)
        -> MemberStream?
    {
        state.withLock { $0.waiting.append(range.offset) }
        let way = state.wait(until: cancellation) { state in
            Self.way(to: range.offset, floor: floor, &state).map { way in
                state.goals.append(range.end)
                return way
            }
        }
        state.update { state in
            if let place = state.waiting.firstIndex(of: range.offset) { state.waiting.remove(at: place) }
        }
        switch way {
        case .goOn(let stream): return stream
        case .start: return nil
        case nil:
            throw ArchiveError(cancellation.reason ?? .interrupted, during: "Waiting for what lies before the range")
        }
    }

    /// Keeps a stream for the next read; one that is at its end is of no more use.
    func give(back stream: MemberStream, from range: ByteRange) {
        let dropped = state.update { state -> MemberStream? in
            Self.forget(range.end, &state)
            guard !stream.isAtEnd else { return stream }
            state.idle.append(stream)
            return state.idle.count > Self.idleStreams ? state.idle.removeFirst() : nil
        }
        // Freed here, outside of the lock.
        _ = dropped
    }

    /// The stream failed, or none could be made.
    func drop(_ range: ByteRange) {
        state.update { Self.forget(range.end, &$0) }
    }

    private static func forget(_ goal: UInt64, _ state: inout State) {
        if let place = state.goals.firstIndex(of: goal) { state.goals.remove(at: place) }
    }

    /// Nil: wait. The read with the lowest offset waits for none but streams in use, so that one always goes on.
    private static func way(to offset: UInt64, floor: UInt64, _ state: inout State) -> Way? {
        let best = state.idle.indices.filter { floor...offset ~= state.idle[$0].position }
            .max { state.idle[$0].position < state.idle[$1].position }
        let position = best.map { state.idle[$0].position } ?? floor
        // Whoever waits for something between the stream and here has the better use for it.
        let isPreceded = state.waiting.contains { $0 >= position && $0 < offset }
        let start = isPreceded ? floor : position
        let isShortened = isPreceded || state.goals.contains { $0 > start && $0 <= offset }
        if isShortened, offset - start > shortWay { return nil }
        guard let best, !isPreceded else { return .start }
        return .goOn(state.idle.remove(at: best))
    }
}
