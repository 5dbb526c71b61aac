internal import Synchronization

/// How far ahead of a walk through a directory sizes have been asked for.
///
/// Inode numbers ascend in listing order, so a walk asks in ascending order and one mark per directory suffices.
final class SizeSchedule: Sendable {
    /// Sizes asked for at once.
    static let step = 64

    private let marks = Mutex<[UInt64: UInt64]>([:])

    /// - Returns: Where the next batch begins, nil when the walk is still within what was asked for.
    func claim(after inode: UInt64, in directory: UInt64) -> UInt64? {
        marks.withLock { marks in
            let mark = marks[directory] ?? 0
            // Half a batch before its end the next one starts, so that a walk never catches up.
            guard mark == 0 || inode > mark || mark - inode < UInt64(Self.step / 2) else {
                // Far behind the mark: a walk from the start. What lies there is known or under way.
                return nil
            }
            return max(mark, inode > 0 ? inode - 1 : 0)
        }
    }

    func scheduled(upTo inode: UInt64, in directory: UInt64) {
        marks.withLock { $0[directory] = inode }
    }

    /// The directory's listing changed: begin anew.
    func reset(_ directory: UInt64) {
        marks.withLock { _ = $0.removeValue(forKey: directory) }
    }
}
