package import DatasetModel

/// Which bytes to fetch before they are asked for: one per open file, a pure value.
///
/// A reader that goes on where it stopped gets a window ahead of it, doubled each time it is used, in pieces that travel
/// in parallel. Anything else gets nothing: who reads at random, backwards or in strides pays for the blocks it touches
/// and no more.
package struct ReadAhead: Sendable, Equatable {
    package enum Action: Sendable, Equatable {
        case nothing
        /// Fetch these, in order, behind the reader's back.
        case fetch([ByteRange])
        /// The reader went elsewhere: what is under way for it is not wanted any more.
        case abandon
    }

    /// Kernel read-ahead comes from several threads and may arrive out of order by about one window of its own.
    package static let tolerance: UInt64 = 2 << 20
    package static let smallestWindow: UInt64 = 1 << 20

    private let largestWindow: UInt64
    private let piece: UInt64
    /// End of the furthest byte read in this run; nil before the first read.
    private var position: UInt64?
    private var runStart: UInt64 = 0
    /// Reads since the run's start that got further than all before.
    private var run = 0
    /// Bytes read since then; far fewer than the way made good means strides.
    private var bytesRead: UInt64 = 0
    private var window: UInt64 = 0
    /// Everything from the run's start to here was asked for.
    private var fetchedTo: UInt64 = 0

    /// - Parameters:
    ///   - largestWindow: Bytes fetched ahead at most.
    ///   - piece: Bytes of one request at most.
    package init(largestWindow: UInt64 = 32 << 20, piece: UInt64 = 4 << 20) {
        self.largestWindow = largestWindow
        self.piece = piece
    }

    /// Notes a read and says what to do for the next ones.
    package mutating func advance(_ range: ByteRange, size: UInt64) -> Action {
        guard let position, isNext(range, position) else {
            let hadWindow = window > 0
            start(at: range)
            return hadWindow ? .abandon : .nothing
        }
        (bytesRead, _) = bytesRead.addingReportingOverflow(range.count)
        // Behind the furthest byte: a late part of the kernel's read-ahead, or a reader that goes backwards.
        guard range.end > position else { return .nothing }
        self.position = range.end
        run += 1
        // The second read in a row may be chance (a header and what follows it); the third is a habit.
        guard run >= 2, bytesRead >= (range.end - runStart) / 2 else { return .nothing }
        return extend(to: size)
    }

    private func isNext(_ range: ByteRange, _ position: UInt64) -> Bool {
        range.offset <= position &+ Self.tolerance && range.offset &+ Self.tolerance >= position
    }

    private mutating func start(at range: ByteRange) {
        position = range.end
        runStart = range.offset
        run = 0
        bytesRead = range.count
        window = 0
        fetchedTo = range.end
    }

    private mutating func extend(to size: UInt64) -> Action {
        let here = position ?? 0
        fetchedTo = max(fetchedTo, here)
        let ahead = fetchedTo - here
        if window < largestWindow {
            // Half of the window is still ahead: enough.
            guard window == 0 || ahead <= window / 2 else { return .nothing }
            window = window == 0 ? Self.smallestWindow : min(window * 2, largestWindow)
        }
        let end = min(size, here + window)
        let step = min(piece, max(Self.smallestWindow / 2, window / 4))
        var pieces: [ByteRange] = []
        // The last piece is as short as the file; all others are whole.
        while fetchedTo < end, end - fetchedTo >= step || end == size {
            let count = min(step, end - fetchedTo)
            pieces.append(ByteRange(offset: fetchedTo, count: count))
            fetchedTo += count
        }
        return pieces.isEmpty ? .nothing : .fetch(pieces)
    }
}
