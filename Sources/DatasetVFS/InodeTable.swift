internal import DatasetCache
internal import DatasetModel
internal import Synchronization

/// What the kernel knows of us: lookup counts, which version its pages are of, who has a file open.
///
/// Only inodes that the kernel holds or that are open have a row here; everything else is in the facts database.
///
/// INVARIANT: all handles of one number are of one version: the kernel keeps one set of pages for a number.
final class InodeTable: Sendable {
    private struct Row {
        /// How many lookups the kernel has not forgotten yet.
        var lookups: UInt64 = 0
        var handles = 0
        /// What the last opener was shown; its version is what the kernel's pages, if any, are of.
        var opened: Fact?
        /// The name went on to a newer version, or away: who has this number open still sees `opened`.
        var isDetached = false
    }

    enum Opening: Equatable {
        /// Pages that the kernel may hold are of this very version.
        case keepsPages
        case dropsPages
        /// The number is that of another version, which somebody has open.
        case refused
    }

    private let rows = Mutex<[UInt64: Row]>([:])

    /// Counts one lookup; called before the reply that carries it, or a racing forget would see zero.
    func remember(_ inode: UInt64) {
        rows.withLock { $0[inode, default: Row()].lookups += 1 }
    }

    func forget(_ inode: UInt64, count: UInt64) {
        change(inode) { row in row.lookups -= min(row.lookups, count) }
    }

    func isKnown(_ inode: UInt64) -> Bool {
        rows.withLock { $0[inode] != nil }
    }

    /// Notes one more open handle, unless it is refused.
    func open(_ fact: Fact) -> Opening {
        rows.withLock { rows in
            var row = rows[fact.inode, default: Row()]
            let isSame = fact.version != nil && row.opened?.version == fact.version
            guard !row.isDetached, isSame || row.handles == 0 else { return .refused }
            row.handles += 1
            row.opened = fact
            rows[fact.inode] = row
            return isSame ? .keepsPages : .dropsPages
        }
    }

    func close(_ inode: UInt64) {
        change(inode) { row in row.handles = max(0, row.handles - 1) }
    }

    /// Open handles right now.
    func handles(of inode: UInt64) -> Int {
        rows.withLock { $0[inode]?.handles ?? 0 }
    }

    /// Somebody has that number open as another version than this.
    ///
    /// - Parameter version: Nil when the name goes away or nobody knows what it leads to: whatever is open is another one.
    func isRead(_ inode: UInt64, otherThan version: Version?) -> Bool {
        rows.withLock { rows in
            guard let row = rows[inode], row.handles > 0, let opened = row.opened else { return false }
            return row.isDetached || version == nil || opened.version != version
        }
    }

    /// The number goes on as another version for all who have it open: its bytes were changed through it.
    func follow(_ fact: Fact) {
        rows.withLock { rows in
            guard let row = rows[fact.inode], row.handles > 0, !row.isDetached else { return }
            rows[fact.inode]?.opened = fact
        }
    }

    /// Leaves the number to those who have it open, as they opened it; nothing happens when nobody has.
    ///
    /// The name goes on first: in between, who asks for the number is told what its readers see.
    func detach(_ inode: UInt64) {
        rows.withLock { rows in
            guard let row = rows[inode], row.handles > 0, row.opened != nil else { return }
            rows[inode]?.isDetached = true
        }
    }

    /// What readers of a number that its name has left still see.
    func detached(_ inode: UInt64) -> Fact? {
        rows.withLock { rows in
            guard let row = rows[inode], row.isDetached else { return nil }
            return row.opened
        }
    }

    /// What whoever has the number open opened, nil when nobody has.
    func opened(_ inode: UInt64) -> Fact? {
        rows.withLock { rows in
            guard let row = rows[inode], row.handles > 0 else { return nil }
            return row.opened
        }
    }

    /// Inodes with lookups or handles.
    var count: Int { rows.withLock { $0.count } }

    private func change(_ inode: UInt64, _ body: (inout Row) -> Void) {
        rows.withLock { rows in
            guard var row = rows[inode] else { return }
            body(&row)
            // INVARIANT: a row has a lookup or a handle.
            rows[inode] = row.lookups == 0 && row.handles == 0 ? nil : row
        }
    }
}
