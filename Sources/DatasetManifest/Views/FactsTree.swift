internal import DatasetModel

/// The entries of a directory in the order in which the views tell them: each directory before what it holds, names in the
/// order of their bytes, every directory there, nothing twice.
struct FactsTree {
    struct Item {
        var facts: EntryFacts
        /// Places of what is directly below in `items`; empty for what is no directory.
        var children: [Int] = []
        /// The path as one text.
        let path: String

        init(_ facts: EntryFacts) {
            self.facts = facts
            path = facts.path.joined(separator: "/")
        }
    }

    private(set) var items: [Item] = []
    /// Places of what is directly in the described directory.
    private(set) var top: [Int] = []

    /// Entries whose path no tree can have (an empty name, `.`, `..`, a slash or a NUL in a name) are left out, as is the
    /// second of two with one path and what stands below a file.
    init(_ entries: [EntryFacts]) {
        items.reserveCapacity(entries.count)
        /// Directories from the top to where the walk is.
        var open: [Int] = []
        for entry in Self.inOrder(entries) {
            var shared = 0
            while shared < open.count, shared < entry.path.count,
                items[open[shared]].facts.path[shared].hasSameBytes(as: entry.path[shared])
            {
                shared += 1
            }
            // The same path once more, or something below a file.
            if shared == entry.path.count { continue }
            if shared > 0, items[open[shared - 1]].facts.kind != .directory { continue }
            open.removeSubrange(shared...)
            for depth in shared..<entry.path.count {
                let isLast = depth == entry.path.count - 1
                let facts = isLast ? entry : EntryFacts(path: Array(entry.path[...depth]), kind: .directory)
                items.append(Item(facts))
                if let parent = open.last {
                    items[parent].children.append(items.count - 1)
                } else {
                    top.append(items.count - 1)
                }
                open.append(items.count - 1)
            }
        }
    }

    /// Sorted by keys in which a NUL ends each name: it stands in no name and comes before every other byte.
    private static func inOrder(_ entries: [EntryFacts]) -> [EntryFacts] {
        var keys: [(bytes: [UInt8], place: Int)] = []
        keys.reserveCapacity(entries.count)
        for (place, entry) in entries.enumerated() where isSound(entry.path) {
            var bytes: [UInt8] = []
            for name in entry.path {
                bytes += name.utf8
                bytes.append(0)
            }
            keys.append((bytes, place))
        }
        keys.sort { left, right in
            let order = left.bytes.compared(to: right.bytes)
            return order == 0 ? left.place < right.place : order < 0
        }
        return keys.map { entries[$0.place] }
    }

    private static func isSound(_ path: [String]) -> Bool {
        !path.isEmpty
            && path.allSatisfy { name in
                !name.isEmpty && name != "." && name != ".."
                    && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
            }
    }
}
