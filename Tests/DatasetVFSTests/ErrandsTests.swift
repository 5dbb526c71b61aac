import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetVFS

@Suite("Errands")
struct ErrandsTests {
    @Test("Calling off cancels what runs and keeps what waits from beginning")
    func callOff() async {
        let (errands, gate) = (Errands(), Gate())
        let ticket = errands.ticket()

        let reason = await onThread {
            let reason = Mutex<CancellationReason?>(nil)
            let thread = OwnedThread(name: "errand") {
                errands.run(ticket, within: .seconds(60)) { cancellation in
                    gate.pass(until: cancellation)
                    reason.withLock { $0 = cancellation.reason }
                }
            }
            gate.waitForArrivals(1)
            errands.callOff()
            thread?.join()
            return reason.withLock { $0 }
        }

        #expect(reason == .interrupted)
        errands.run(ticket, within: .seconds(60)) { _ in Issue.record("It was called off before it began.") }
    }

    @Test("New tickets are good again, unless that was the end")
    func again() {
        let errands = Errands()
        errands.callOff()
        var runs = 0
        errands.run(errands.ticket(), within: .seconds(60)) { _ in runs += 1 }
        #expect(runs == 1)

        errands.callOff(isFinal: true)
        errands.run(errands.ticket(), within: .seconds(60)) { _ in runs += 1 }

        #expect(runs == 1)
    }

    @Test("Each has a deadline")
    func deadline() {
        let errands = Errands()
        errands.run(errands.ticket(), within: .zero) { #expect($0.reason == .deadline) }
    }
}
