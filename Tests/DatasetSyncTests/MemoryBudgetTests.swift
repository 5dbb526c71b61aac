import DatasetSync
import DatasetTestSupport
import Testing

@Suite struct MemoryBudgetTests {
    @Test("Charges add up, room or not")
    func levels() {
        let budget = MemoryBudget(capacity: 100)

        budget.charge(100)
        #expect(!budget.isExceeded)
        budget.charge(1)
        #expect(budget.isExceeded)
        budget.charge(99)
        #expect(!budget.isOverrun)
        budget.charge(1)
        #expect(budget.isOverrun)
        budget.discharge(126)
        #expect(!budget.isExceeded && !budget.isOverrun)
    }

    @Test("Who works ahead waits until there is room")
    func room() async {
        let budget = MemoryBudget(capacity: 100)
        budget.charge(100)

        let isThere = await onThread { () -> Bool in
            let thread = OwnedThread(name: "giver") {
                budget.discharge(30)
                budget.discharge(10)
            }
            defer { thread?.join() }
            return budget.waitForRoom(40, until: Cancellation())
        }

        #expect(isThere)
    }

    @Test("More than all there is fits when nothing else is held")
    func tooMuch() async {
        let budget = MemoryBudget(capacity: 100)
        #expect(await onThread { budget.waitForRoom(1_000, until: Cancellation()) })
        budget.charge(1)

        let isThere = await onThread {
            budget.waitForRoom(1_000, until: Cancellation(deadline: .after(.milliseconds(1))))
        }

        #expect(!isThere)
    }

    @Test("Cancelling ends the wait")
    func cancelled() async {
        let budget = MemoryBudget(capacity: 100)
        budget.charge(100)
        let cancellation = Cancellation()

        let isThere = await onThread { () -> Bool in
            let thread = OwnedThread(name: "canceller") { cancellation.cancel() }
            defer { thread?.join() }
            return budget.waitForRoom(1, until: cancellation)
        }

        #expect(!isThere)
    }
}
