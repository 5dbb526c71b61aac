internal import DatasetSync
internal import GRDB

/// The database that facts are in: the file, or, from the moment that its disk refuses one, a copy in memory.
///
/// Nobody who reads or makes names is to feel a sick disk. What is in memory is lost with the process, as all facts may be. The
/// file is tried again after a pause, by whoever writes then.
///
/// LOCK ORDER: writing < state.
final class FactBase: Sendable {
    private struct State {
        var file: DatabasePool?
        /// In use instead of the file.
        var memory: DatabaseQueue?
        /// What the disk said.
        var trouble: CacheError?
        var pause: Duration = FactBase.firstPause
        var nextTry = MonotonicTime(nanoseconds: 0)
        /// Counts what was written.
        var generation: UInt64 = 0

        var current: (any DatabaseWriter)? { memory ?? file }
    }

    /// Copying takes its time: a disk that is full again a moment later is not to be tried at every turn.
    static let firstPause: Duration = .seconds(30)
    static let longestPause: Duration = .seconds(600)

    let file: FactFile
    private let time: any TimeSource
    private let state = Monitor(State())
    /// Held while something is written, or while facts go from the file to memory or back: nothing is written in between.
    private let writing = Monitor<Void>(())

    /// - Throws: Whatever else than the disk keeps the file from being used.
    init(_ file: FactFile, time: any TimeSource) throws(CacheError) {
        self.file = file
        self.time = time
        do throws(CacheError) {
            let pool = try file.open()
            state.withLock { $0.file = pool }
        } catch {
            guard error.code == .disk else { throw error }
            try retreat(because: error)
        }
    }

    /// Why facts are only in memory; nil while they are in the file.
    var trouble: CacheError? { state.withLock { $0.memory == nil ? nil : $0.trouble } }

    /// Another number after everything that was written.
    var generation: UInt64 { state.withLock { $0.generation } }

    func read<Answer>(_ body: (Database) throws -> Answer) throws(CacheError) -> Answer {
        let used = try current()
        do {
            return try used.unsafeRead(body)
        } catch {
            let failure = self.failure(error)
            guard failure.code == .disk else { throw failure }
            try writing.withLock { _ throws(CacheError) in
                if try current() === used { try retreat(because: failure) }
            }
        }
        return try attempt { try $0.unsafeRead(body) }
    }

    func write<Answer>(_ body: (Database) throws -> Answer) throws(CacheError) -> Answer {
        try writing.withLock { _ throws(CacheError) in
            defer { state.withLock { $0.generation &+= 1 } }
            goBack()
            let isFile = state.withLock { $0.memory == nil }
            do throws(CacheError) {
                return try attempt { try $0.write(body) }
            } catch {
                guard isFile, error.code == .disk else { throw error }
                try retreat(because: error)
            }
            return try attempt { try $0.write(body) }
        }
    }

    private func current() throws(CacheError) -> any DatabaseWriter {
        guard let current = state.withLock({ $0.current }) else {
            throw CacheError(.disk, "the facts are nowhere", path: file.path)
        }
        return current
    }

    private func attempt<Answer>(_ body: (any DatabaseWriter) throws -> Answer) throws(CacheError) -> Answer {
        let current = try current()
        do {
            return try body(current)
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> CacheError {
        let error = CacheError(error, path: file.path)
        if error.code == .damaged { file.markDamaged() }
        return error
    }

    // MARK: - From the file to memory and back

    /// Goes on in memory, with all that can still be read from the file.
    private func retreat(because failure: CacheError) throws(CacheError) {
        let copy: DatabaseQueue
        do {
            copy = try file.copy(of: state.withLock { $0.file })
        } catch {
            throw CacheError(error, path: ":memory:")
        }
        let now = time.now()
        state.withLock { state in
            state.memory = copy
            state.trouble = failure
            state.nextTry = now + state.pause
            state.pause = min(state.pause * 2, Self.longestPause)
        }
        file.onWarning(
            "\(failure.message): what is known of names and sizes is kept in memory until that disk can be used again; reading and writing go on (\(failure.path))"
        )
    }

    /// Puts the facts back into the file when its disk takes them again.
    private func goBack() {
        let now = time.now()
        let (memory, known) = state.withLock { ($0.nextTry <= now ? $0.memory : nil, $0.file) }
        guard let memory else { return }
        do {
            let file = try known ?? self.file.open()
            try self.file.put(memory, into: file)
            state.withLock { state in
                state.file = file
                state.memory = nil
                state.trouble = nil
            }
            self.file.onWarning("the facts file \(self.file.path) is in use again")
        } catch {
            state.withLock { state in
                state.nextTry = now + state.pause
                state.pause = min(state.pause * 2, Self.longestPause)
            }
        }
    }
}
