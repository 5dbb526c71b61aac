import DatasetModel
import DatasetSync
import Testing

@testable import DatasetVFS

@Suite("Connectivity")
struct ConnectivityTests {
    private func moment(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: UInt64((1000 + seconds) * 1e9))
    }

    @Test("Online until a call ends without having reached the store", arguments: StoreError.Code.allCases)
    func offline(code: StoreError.Code) {
        var connectivity = Connectivity()

        connectivity.report(code, after: connectivity.ask(at: moment(0)), at: moment(0))

        let cutsOff: Set<StoreError.Code> = [.unresolved, .unreachable, .timedOut]
        #expect(connectivity.isOffline == cutsOff.contains(code))
        #expect(connectivity.ask(at: moment(0.5)) == (cutsOff.contains(code) ? .refused : .go))
    }

    @Test("One probe at a time, with longer and longer pauses")
    func pauses() {
        var connectivity = Connectivity()
        connectivity.report(.unreachable, after: .go, at: moment(0))

        var now = 0.0
        for pause in [1.0, 2, 4, 8, 15, 15, 15] {
            #expect(connectivity.ask(at: moment(now + pause - 0.01)) == .refused)
            now += pause
            #expect(connectivity.ask(at: moment(now)) == .probe)
            #expect(connectivity.ask(at: moment(now + 100)) == .refused, "The probe is still out.")
            connectivity.report(.unreachable, after: .probe, at: moment(now))
        }
    }

    @Test(
        "A probe that reaches the store, whatever it answers, is the way back",
        arguments: [nil, .notFound, .serverFailure] as [StoreError.Code?]
    )
    func back(answer: StoreError.Code?) {
        var connectivity = Connectivity()
        connectivity.report(.timedOut, after: .go, at: moment(0))
        #expect(connectivity.ask(at: moment(1)) == .probe)

        connectivity.report(answer, after: .probe, at: moment(1))

        #expect(!connectivity.isOffline)
        #expect(connectivity.ask(at: moment(1)) == .go)
        connectivity.report(.timedOut, after: .go, at: moment(2))
        #expect(connectivity.ask(at: moment(3)) == .probe, "The pauses begin anew.")
    }

    @Test("A probe whose caller left says nothing; the next caller probes")
    func interrupted() {
        var connectivity = Connectivity()
        connectivity.report(.unreachable, after: .go, at: moment(0))
        #expect(connectivity.ask(at: moment(1)) == .probe)

        connectivity.report(.interrupted, after: .probe, at: moment(1))

        #expect(connectivity.isOffline)
        #expect(connectivity.ask(at: moment(1)) == .probe)
    }

    @Test("A probe whose connection breaks has not reached the store: the next one waits longer")
    func broken() {
        var connectivity = Connectivity()
        connectivity.report(.unreachable, after: .go, at: moment(0))
        #expect(connectivity.ask(at: moment(1)) == .probe)

        connectivity.report(.reset, after: .probe, at: moment(1))

        #expect(connectivity.ask(at: moment(2.9)) == .refused)
        #expect(connectivity.ask(at: moment(3)) == .probe)
    }

    @Test("Calls that were under way when the line broke make no pause longer")
    func stragglers() {
        var connectivity = Connectivity()
        for _ in 0..<10 { connectivity.report(.unreachable, after: .go, at: moment(0)) }

        #expect(connectivity.ask(at: moment(1)) == .probe)
    }

    @Test("A call that was under way and got through is the way back too")
    func lateSuccess() {
        var connectivity = Connectivity()
        connectivity.report(.unreachable, after: .go, at: moment(0))

        connectivity.report(nil, after: .go, at: moment(0.1))

        #expect(connectivity.ask(at: moment(0.1)) == .go)
    }
}
