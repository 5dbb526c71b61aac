internal import DatasetSync
internal import Glibc

/// A real program that was started: its output is gathered as it comes, and it is killed when this object goes.
///
/// It leads a process group of its own, so that what it started itself ends with it, unless that made a session (`setsid`).
package final class RunningProcess: Sendable {
    private struct State {
        var output: [UInt8] = []
        var error: [UInt8] = []
        var openPipes = 2
        /// Set in the moment in which the pid is given back: while it is nil, the pid is this program's.
        var status: ProcessResult.Status?
    }

    package let program: String
    package let pid: Int32
    private let state: Monitor<State>

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: A path, or a name to look for in `PATH`.
    ///   - environment: Added to this process's own.
    ///   - input: What it reads from its standard input.
    /// - Throws: `.notStarted`.
    package init(
        _ program: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        workingDirectory: String? = nil,
        input: [UInt8] = []
    ) throws(ProcessError) {
        var words = [program] + arguments
        // posix_spawn(3) cannot change directory through the Glibc module; env(1) can and keeps the pid.
        if let workingDirectory { words = ["env", "-C", workingDirectory] + words }
        let spawned: Spawned
        do throws(SpawnFailure) {
            spawned = try Spawned(words, environment: environment, input: input)
        } catch {
            throw .notStarted(program: program, errno: error.number)
        }
        let state = Monitor(State())
        self.state = state
        self.program = program
        pid = spawned.pid
        let pid = spawned.pid
        let threads = [
            OwnedThread(name: "test-stdout") { Self.pump(spawned.output, state) { $0.output += $1 } },
            OwnedThread(name: "test-stderr") { Self.pump(spawned.error, state) { $0.error += $1 } },
            OwnedThread(name: "test-reaper") { Self.reap(pid, state) },
        ]
        precondition(!threads.contains { $0 == nil }, "the system has no thread left for a test")
    }

    deinit {
        send(SIGKILL)
    }

    package var isRunning: Bool { state.withLock { $0.status == nil } }

    /// What it wrote to standard output so far.
    package var output: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }

    /// What it wrote to standard error so far.
    package var error: String { state.withLock { String(decoding: $0.error, as: UTF8.self) } }

    /// Sends a signal to the program alone.
    ///
    /// - Returns: False when it has ended.
    @discardableResult
    package func signal(_ number: Int32) -> Bool {
        state.withLock { $0.status == nil && kill(pid, number) == 0 }
    }

    /// Kills it and what it started.
    package func terminate() { send(SIGKILL) }

    private func send(_ number: Int32) {
        state.withLock { if $0.status == nil { kill(-pid, number) } }
    }

    /// Waits until its output satisfies `condition`.
    ///
    /// - Parameter condition: Asked with standard output and standard error so far, each time there is more.
    /// - Returns: False when it did not within `limit`, or cannot any more because the program ended.
    @available(*, noasync, message: "this blocks the calling thread")
    package func waitForOutput(
        within limit: Duration = .seconds(30),
        _ condition: (_ output: String, _ error: String) -> Bool
    ) -> Bool {
        state.wait(until: .after(limit)) { state -> Bool? in
            let output = String(decoding: state.output, as: UTF8.self)
            let error = String(decoding: state.error, as: UTF8.self)
            if condition(output, error) { return true }
            return state.status != nil && state.openPipes == 0 ? false : nil
        } ?? false
    }

    /// Waits for its end.
    ///
    /// What a process that outlives it still holds open is not waited for longer than two seconds.
    ///
    /// - Throws: `.timedOut`, having killed it.
    @available(*, noasync, message: "this blocks the calling thread")
    package func wait(within limit: Duration = .seconds(60)) throws(ProcessError) -> ProcessResult {
        let inTime = state.wait(until: .after(limit)) { $0.status } != nil
        if !inTime {
            terminate()
            _ = state.wait(until: .after(.seconds(10))) { $0.status }
        }
        _ = state.wait(until: .after(.seconds(2))) { $0.openPipes == 0 ? true : nil }
        let result = state.withLock {
            ProcessResult(status: $0.status ?? .signalled(SIGKILL), outputBytes: $0.output, errorBytes: $0.error)
        }
        guard inTime else { throw .timedOut(program: program, result) }
        return result
    }

    private static func pump(
        _ descriptor: Int32,
        _ state: Monitor<State>,
        _ append: (inout State, ArraySlice<UInt8>) -> Void
    ) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            state.update { append(&$0, buffer[..<count]) }
        }
        close(descriptor)
        state.update { $0.openPipes -= 1 }
    }

    /// Waits without taking the status first: it is taken under the lock, in which alone signals are sent.
    private static func reap(_ pid: Int32, _ state: Monitor<State>) {
        var information = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        state.update { state in
            var status: Int32 = 0
            while unsafe waitpid(pid, &status, 0) < 0 && errno == EINTR {}
            // The macros of wait(2) are not imported: the low seven bits are the signal, the next byte the exit code.
            let signal = status & 0x7F
            state.status = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
        }
    }
}
