import DatasetSync
import Foundation
import Glibc

@testable import DatasetVFS

/// The errno that `body` fails with, 0 when it does not.
func errno<Answer>(_ body: () throws(VFSError) -> Answer) -> Int32 {
    do throws(VFSError) {
        _ = try body()
        return 0
    } catch {
        return error.errno
    }
}

/// Looks again and again until it is so; true when it was in time.
func eventually(within limit: Duration = .seconds(20), _ condition: () -> Bool) -> Bool {
    let deadline = Deadline.after(limit)
    while !condition() {
        if deadline.hasPassed(at: SystemTime().now()) { return false }
        usleep(1000)
    }
    return true
}

/// Runs `body` on a thread of its own; ``Answer/value`` waits for what came of it.
final class Behind<Answer: Sendable>: Sendable {
    private let state = Monitor<Answer?>(nil)
    private let thread: OwnedThread?

    init(_ body: @escaping @Sendable () -> Answer) {
        let state = state
        thread = OwnedThread(name: "behind") {
            let answer = body()
            state.update { $0 = answer }
        }
    }

    /// Nil while it goes on.
    var now: Answer? { state.withLock { $0 } }

    /// - Returns: Nil when it did not end in time.
    func value(within limit: Duration = .seconds(30)) -> Answer? {
        state.wait(until: .after(limit)) { $0 }
    }
}

/// Copies a directory with all that is in it.
func copyTree(_ source: String, _ target: String) -> Bool {
    (try? FileManager.default.copyItem(atPath: source, toPath: target)) != nil
}
