import DatasetJournal
import DatasetModel
import DatasetSync
import Testing

@testable import DatasetVFS

@Suite("QueueLine")
struct QueueLineTests {
    private func change(_ edit: (inout Change) -> Void = { _ in }) -> Change {
        let id = ChangeID(rawValue: 7)
        var change = Change(id: id, kind: .file, location: .pending(id), version: nil, parent: .root, name: "f")
        change.content = ContentID(rawValue: 1)
        change.size = 100
        edit(&change)
        return change
    }

    private func line(_ change: Change, _ entry: PublishQueue.Entry? = nil) -> QueueLine {
        QueueLine(change, entry, path: "/f", now: MonotonicTime(nanoseconds: 3_000_000_000))
    }

    @Test("Says what is to be done")
    func action() {
        #expect(line(change()).action == .create)
        #expect(line(change { $0.location = Location("f") }).action == .replace)
        #expect(
            line(
                change {
                    $0.location = Location("f")
                    $0.content = nil
                }
            ).action == .describe
        )
        let removal = line(change { $0.isRemoval = true })
        #expect(removal.action == .remove && removal.bytes == 0 && removal.id == 7)
    }

    @Test("Tells rate and rest of what is under way")
    func progress() {
        var entry = PublishQueue.Entry(phase: .running, lastProgress: MonotonicTime(nanoseconds: 0))
        entry.startedAt = MonotonicTime(nanoseconds: 1_000_000_000)
        #expect(line(change(), entry).rate == nil)
        entry.bytesSent = 50
        let told = line(change(), entry)
        #expect(told.state == .uploading && told.sent == 50 && told.rate == 25 && told.eta == 2)
    }

    @Test("Tells what failed, and whether it is tried again")
    func failure() {
        var entry = PublishQueue.Entry(phase: .parked, lastProgress: MonotonicTime(nanoseconds: 0))
        entry.failure = StoreError(.forbidden, "no", remedy: "ask")
        let parked = line(change(), entry)
        #expect(parked.state == .error && parked.parked && parked.error == "no" && parked.remedy == "ask")
        entry.phase = .delayed(MonotonicTime(nanoseconds: 9))
        #expect(!line(change(), entry).parked)
        #expect(line(change()).state == .queued && line(change()).since == nil)
        #expect(line(change { $0.modified = Timestamp(nanoseconds: 1_700_000_000_000_000_000) }).since != nil)
    }
}
