internal import DatasetSync
internal import Glibc

/// How far a `put` is: counted by whoever uploads, drawn on a terminal by a thread of its own.
final class PutProgress: Sendable {
    private struct State {
        var files = 0
        var bytes: UInt64 = 0
        var filesDone = 0
        /// Of files that are over.
        var bytesDone: UInt64 = 0
        /// Of files on their way.
        var running: [ExactPath: UInt64] = [:]
        var latest = ""
    }

    private static let interval = Duration.milliseconds(200)

    private let state = Monitor(State())
    private let began = SystemTime().now()
    private let end = Cancellation()
    private let isShown: Bool

    init(isShown: Bool) {
        self.isShown = isShown && isatty(STDERR_FILENO) != 0
    }

    func expect(files: Int, bytes: UInt64) {
        state.update { state in
            state.files += files
            state.bytes += bytes
        }
    }

    func began(_ path: String) {
        state.update { state in
            state.running[ExactPath(path)] = 0
            state.latest = path
        }
    }

    func sent(_ bytes: UInt64, of path: String) {
        let path = ExactPath(path)
        state.update { if $0.running[path] != nil { $0.running[path] = bytes } }
    }

    func ended(_ path: String, bytes: UInt64) {
        state.update { state in
            state.running[ExactPath(path)] = nil
            state.filesDone += 1
            state.bytesDone += bytes
        }
    }

    /// Draws until the work is over.
    func during<Answer>(_ work: () throws(Failure) -> Answer) throws(Failure) -> Answer {
        guard isShown else { return try work() }
        let thread = OwnedThread(name: "progress") { [end] in
            repeat { self.draw() } while end.sleep(Self.interval)
        }
        defer {
            end.cancel()
            thread?.join()
            // Whoever looks back at it shall see it whole.
            draw()
            Console.write("\r\u{1B}[K", to: STDERR_FILENO)
        }
        return try work()
    }

    private func draw() {
        let state = state.withLock { $0 }
        let done = min(state.bytesDone + state.running.values.reduce(0, +), max(state.bytes, state.bytesDone))
        let seconds = Double((SystemTime().now() - began).components.seconds)
        var text = "\(Bar.text(done, of: state.bytes, width: 20)) \(state.filesDone) of \(state.files) files, "
        text += "\(Size.text(done)) of \(Size.text(state.bytes))"
        if seconds >= 1, done > 0 {
            let rate = Double(done) / seconds
            text +=
                ", \(Size.text(UInt64(rate)))/s, \(Span.text(Double(state.bytes - min(done, state.bytes)) / rate)) to go"
        }
        if !state.latest.isEmpty { text += "  \(NodeText.printable(state.latest))" }
        Console.write(
            "\r\u{1B}[K" + String(text.prefix(Terminal.width(of: STDERR_FILENO) - 1)),
            to: STDERR_FILENO
        )
    }
}
