internal import DatasetModel
internal import DatasetSync
internal import DatasetVFS
internal import Synchronization

/// Sends a local tree: directories one after the other, then their files, several at a time.
///
/// Each file is what it would become by cp(1) into a mount. What is there under the same name is replaced, provided that it
/// is not what the same `put` sent before. A store that cannot be reached ends it; the same command goes on.
final class PutRun: Sendable {
    /// Files on their way at once; parts of large ones besides.
    private static let threads = 6

    struct Job: Sendable {
        var item: LocalItem
        var creation: Creation
        /// What stands there under that name.
        var existing: Node?
    }

    let session: StoreSession
    let wishes: PutWishes
    let ledger: PutLedger
    let progress: PutProgress
    let isDry: Bool
    private let rows = Mutex<[ExactPath: PutRow]>([:])
    private let end = Mutex<StoreError?>(nil)

    init(_ session: StoreSession, _ wishes: PutWishes, _ ledger: PutLedger, _ progress: PutProgress, isDry: Bool) {
        self.session = session
        self.wishes = wishes
        self.ledger = ledger
        self.progress = progress
        self.isDry = isDry
    }

    /// The first error that ended everything: the store cannot be reached, or lets nobody in.
    var fatal: StoreError? { end.withLock { $0 } }

    func row(_ path: String) -> PutRow? { rows.withLock { $0[ExactPath(path)] } }

    func note(_ row: PutRow) { rows.withLock { $0[ExactPath(row.path)] = row } }

    func failed(_ item: LocalItem, _ form: String?, _ error: StoreError) {
        if error.code.isConnectivity || error.code == .unauthenticated || error.code == .untrusted {
            end.withLock { $0 = $0 ?? error }
        }
        let text = [error.message + ".", error.remedy].compactMap(\.self).joined(separator: " ")
        note(PutRow(path: item.relativePath, form: form, action: .failed, reason: text))
    }

    /// Does the jobs on several threads; after a fatal error no other is begun.
    func work(_ jobs: [Job]) {
        let next = Mutex(0)
        let run: @Sendable () -> Void = {
            while self.fatal == nil {
                let index = next.withLock { next -> Int in
                    defer { next += 1 }
                    return next
                }
                guard index < jobs.count else { return }
                self.send(jobs[index])
            }
        }
        let threads = (1..<max(min(Self.threads, jobs.count), 1)).map { OwnedThread(name: "put-\($0)", run) }
        run()
        for thread in threads { thread?.join() }
    }

    private func send(_ job: Job) {
        let path = job.item.relativePath
        progress.began(path)
        var bytes: UInt64 = 0
        do throws(StoreError) {
            switch job.item.kind {
            case .file(let stamp):
                bytes = stamp.size
                try sendFile(job)
            case .link: try sendLink(job)
            case .directory, .leftOut: break
            }
        } catch {
            failed(job.item, nil, error)
        }
        progress.ended(path, bytes: bytes)
    }

    /// Uploads take as long as they take: what stalls is ended below.
    var until: Cancellation { Cancellation() }
}
