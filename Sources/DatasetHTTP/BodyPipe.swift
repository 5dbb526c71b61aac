internal import DatasetSync

/// Carries a body from the thread that reads it to the thread that sends it, a few pieces ahead.
final class BodyPipe: Sendable {
    enum Gift: Equatable {
        case bytes(Int)
        /// Nothing is there yet: whoever fills the pipe wakes the transfer.
        case wait
        case failed
    }

    private struct State {
        /// What was read and not sent; the first piece from `skipped` on.
        var pieces: [[UInt8]] = []
        var skipped = 0
        /// Where the next byte to send lies in the body.
        var sent = 0
        /// Where the next piece to read begins.
        var read = 0
        /// Counts the beginnings: a piece that was read before the last one is of no use.
        var beginning = 0
        var isWaiting = false
        var hasFailed = false
        var isOver = false
    }

    /// Measured on loopback: larger pieces bring nothing.
    private static let pieceSize = 512 << 10
    private static let piecesAhead = 3

    private let source: any BodySource
    private let state = Monitor(State())

    init(_ source: any BodySource) {
        self.source = source
    }

    // MARK: - For the sending thread; never waits

    /// Fills `target` as far as there are bytes.
    ///
    /// - Parameter offset: In the body; another than where the last gift ended begins anew there.
    func give(_ target: UnsafeMutableRawBufferPointer, at offset: Int) -> Gift {
        guard offset < source.size, target.count > 0 else { return .bytes(0) }
        return state.update { state in
            if offset != state.sent {
                state.pieces = []
                state.skipped = 0
                state.sent = offset
                state.read = offset
                state.beginning += 1
            }
            if state.hasFailed { return .failed }
            guard let piece = state.pieces.first else {
                state.isWaiting = true
                return .wait
            }
            let count = min(target.count, piece.count - state.skipped)
            unsafe piece.withUnsafeBytes { bytes in
                let part = unsafe bytes[state.skipped..<(state.skipped + count)]
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
            }
            state.sent += count
            state.skipped += count
            if state.skipped == piece.count {
                state.pieces.removeFirst()
                state.skipped = 0
            }
            return .bytes(count)
        }
    }

    /// The transfer has ended: nothing more is to be read.
    func end() {
        state.update { $0.isOver = true }
    }

    // MARK: - For the reading thread

    /// Reads until the transfer has ended.
    ///
    /// - Parameter wake: Called when the transfer waits and there is something for it.
    @available(*, noasync, message: "this waits for the transfer")
    func fill(_ wake: () -> Void) {
        while let (offset, beginning) = next() {
            let count = min(Self.pieceSize, source.size - offset)
            var isRead = false
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                let target = unsafe UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: buffer[..<count])
                )
                unsafe target.initializeMemory(as: UInt8.self, repeating: 0)
                isRead = unsafe source.read(at: offset, into: target)
                initialized = count
            }
            let isAwaited = state.update { state -> Bool in
                guard state.beginning == beginning else { return false }
                if isRead { state.pieces.append(piece) } else { state.hasFailed = true }
                state.read += count
                defer { state.isWaiting = false }
                return state.isWaiting
            }
            if isAwaited { wake() }
        }
    }

    private func next() -> (offset: Int, beginning: Int)? {
        let next: (Int, Int)?? = state.wait(until: Deadline.never) { state in
            if state.isOver { return .some(nil) }
            let isWanted = !state.hasFailed && state.pieces.count < Self.piecesAhead && state.read < source.size
            return isWanted ? .some((state.read, state.beginning)) : nil
        }
        return next ?? nil
    }
}
