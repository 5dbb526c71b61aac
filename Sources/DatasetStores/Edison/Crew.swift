internal import DatasetModel
internal import DatasetSync

extension Edison {
    /// Does many waiting jobs a few at a time; the asking thread works along, so that it never waits for a free worker.
    final class Crew: Sendable {
        private let pool: WorkerPool
        private let threads: Int

        init(threads: Int) {
            self.threads = threads
            pool = WorkerPool(name: "edison", threads: threads, capacity: 64)
        }

        private struct State<Output> {
            var next = 0
            var done = 0
            var outputs: [Output?]
        }

        /// - Returns: The outputs in the order of the items.
        /// - Throws: What the cancellation says, when it ended the work.
        @available(*, noasync, message: "this waits for other threads")
        func map<Item: Sendable, Output: Sendable>(
            _ items: [Item],
            until cancellation: Cancellation,
            _ work: @escaping @Sendable (Item) -> Output
        ) throws(StoreError) -> [Output] {
            let state = Monitor(State<Output>(outputs: Array(repeating: nil, count: items.count)))
            let run: @Sendable () -> Void = {
                while !cancellation.isCancelled {
                    let index = state.withLock { state -> Int? in
                        guard state.next < items.count else { return nil }
                        defer { state.next += 1 }
                        return state.next
                    }
                    guard let index else { return }
                    let output = work(items[index])
                    state.update { state in
                        state.outputs[index] = output
                        state.done += 1
                    }
                }
            }
            for _ in 0..<min(threads, max(items.count - 1, 0)) { pool.submit(run) }
            run()
            let outputs = state.wait(until: cancellation) { state -> [Output]? in
                state.done == items.count ? state.outputs.compactMap(\.self) : nil
            }
            guard let outputs else {
                throw StoreError(cancellation.reason ?? .interrupted, during: "asking Edison for \(items.count) things")
            }
            return outputs
        }
    }
}

extension Cancellation {
    /// - Throws: `.interrupted` or `.timedOut` when the operation is over before it begins.
    func check(during operation: String) throws(StoreError) {
        if let reason { throw StoreError(reason, during: operation) }
    }
}
