import DatasetSync
import DatasetTestSupport
import Testing

@Suite struct PendingTests {
    private struct Refusal: Error, Equatable {}

    @Test("All waiters get the one answer, before and after it is given; the first answer counts")
    func answer() async {
        let answers = await onThread { () -> [Int] in
            let pending = Pending<Int, Refusal>()
            let got = Monitor([Int]())
            let threads = (0..<5).map { _ in
                OwnedThread(name: "waiter") {
                    guard case .success(let value) = pending.wait(until: Cancellation()) else { return }
                    got.withLock { $0.append(value) }
                }
            }
            #expect(!pending.isComplete)
            pending.complete(.success(7))
            pending.complete(.failure(Refusal()))
            #expect(pending.isComplete)
            for thread in threads { thread?.join() }
            if case .success(let late) = pending.wait(until: Cancellation()) { got.withLock { $0.append(late) } }
            return got.withLock { $0 }
        }

        #expect(answers == [7, 7, 7, 7, 7, 7])
    }

    @Test("A failure is an answer, a cancellation is none")
    func failure() async {
        let (failed, left) = await onThread { () -> (Bool, Bool) in
            let pending = Pending<Int, Refusal>()
            let cancelled = Cancellation()
            cancelled.cancel()
            let left = pending.wait(until: cancelled) == nil
            pending.complete(.failure(Refusal()))
            return (pending.wait(until: Cancellation()) == .failure(Refusal()), left)
        }

        #expect(failed)
        #expect(left)
    }
}
