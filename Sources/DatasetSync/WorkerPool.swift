/// A fixed number of threads over a bounded queue; what does not fit is refused, never waited for.
package final class WorkerPool: Sendable {
    private struct State {
        /// Nil where a job has been taken: what it held must not live on here.
        var queue: [(@Sendable () -> Void)?] = []
        var head = 0
        var isClosed = false
        var threads: [OwnedThread] = []

        var count: Int { queue.count - head }

        mutating func take() -> (@Sendable () -> Void)? {
            guard head < queue.count else { return nil }
            let job = queue[head]
            queue[head] = nil
            head += 1
            if head == queue.count {
                queue.removeAll(keepingCapacity: true)
                head = 0
            } else if head > 64, head * 2 > queue.count {
                // Compact once the dead front outweighs the rest: amortised constant time.
                queue.removeFirst(head)
                head = 0
            }
            return job
        }
    }

    private let state = Monitor(State())
    private let capacity: Int

    /// - Parameter capacity: Jobs that may wait beyond those being run.
    package init(name: String, threads: Int, capacity: Int) {
        self.capacity = capacity
        let state = self.state
        let workers = (0..<threads).compactMap { index in
            OwnedThread(name: "\(name)-\(index)") { Self.work(on: state) }
        }
        state.update { $0.threads = workers }
    }

    deinit { state.update { $0.isClosed = true } }

    /// Queues a job.
    ///
    /// - Returns: False when the queue is full or the pool closed; the job will not run.
    @discardableResult
    package func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        state.update { state in
            // Without a thread nothing would ever run.
            guard !state.isClosed, !state.threads.isEmpty, state.count < capacity else { return false }
            state.queue.append(job)
            return true
        }
    }

    /// Drops what waits, lets what runs end, and joins the threads.
    @available(*, noasync, message: "this blocks the calling thread")
    package func shutDown() {
        let threads = state.update { state -> [OwnedThread] in
            state.isClosed = true
            state.queue = []
            state.head = 0
            defer { state.threads = [] }
            return state.threads
        }
        for thread in threads { thread.join() }
    }

    /// Lets all that was submitted run, and joins the threads.
    @available(*, noasync, message: "this blocks the calling thread")
    package func finish() {
        let threads = state.update { state -> [OwnedThread] in
            state.isClosed = true
            defer { state.threads = [] }
            return state.threads
        }
        for thread in threads { thread.join() }
    }

    private static func work(on state: Monitor<State>) {
        while true {
            let job: (@Sendable () -> Void)?? = state.wait(until: Deadline.never) { state in
                if let job = state.take() { return .some(job) }
                return state.isClosed ? .some(nil) : nil
            }
            guard case .some(.some(let run)) = job else { return }
            run()
        }
    }
}
