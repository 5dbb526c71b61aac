internal import DatasetCache
package import DatasetModel
internal import Synchronization

/// What the kernel knows of us: lookup counts, which version its pages are of, who has a file open.
///
/// Only inodes that the kernel holds or that are open have a row here; everything else is in the facts database.
final class InodeTable: Sendable {
    private struct Row {
        /// How many lookups the kernel has not forgotten yet.
        var lookups: UInt64 = 0
        var handles = 0
        /// The version that the kernel's pages, if any, are of.
        var cachedVersion: Version?
        /// Set when the name went on to a newer version: what the readers of the old one still see.
        var detached: Fact?
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

    /// Notes one more open handle of that version.
    ///
    /// - Returns: True when pages that the kernel may hold are of the same version.
    func opened(_ inode: UInt64, version: Version?) -> Bool {
        rows.withLock { rows in
            var row = rows[inode, default: Row()]
            defer { rows[inode] = row }
            row.handles += 1
            let keeps = row.cachedVersion == version && version != nil
            row.cachedVersion = version
            return keeps
        }
    }

    func closed(_ inode: UInt64) {
        change(inode) { row in row.handles = max(0, row.handles - 1) }
    }

    /// Open handles right now.
    func handles(of inode: UInt64) -> Int {
        rows.withLock { $0[inode]?.handles ?? 0 }
    }

    /// The name goes on to a newer version under another number; this one stays as it was for who has it open.
    func detach(_ fact: Fact) {
        rows.withLock { $0[fact.inode, default: Row()].detached = fact }
    }

    func detached(_ inode: UInt64) -> Fact? {
        rows.withLock { $0[inode]?.detached }
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
