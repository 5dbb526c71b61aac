/// The members of an archive as a tree that a file system can show: a pure value.
///
/// Whatever the names say, every node lies below the root, no two siblings share a name, and every name is 1 to 255 bytes of
/// valid UTF-8 without `/` and NUL that is neither `.` nor `..`. Rules where members disagree:
/// - the last of several members with one name wins, as for every reader of a directory; the earlier ones are left out;
/// - a file whose name other members use as a directory is shown as `name (2).ext`;
/// - names that differ only in case, or in how accents are composed, are different names.
package struct ArchiveTree: Sendable {
    package struct Node: Hashable, Sendable {
        package var name: String
        /// Index of the directory it lies in; the root is its own.
        package var parent: Int
        /// Indices of what lies in it, sorted by the bytes of their names; empty for what is no directory.
        package var children: Range<Int>
        package var kind: ArchiveMember.Kind
        /// Index into the members of the directory; nil for a directory that only names of others imply.
        package var member: Int?
    }

    /// The root first, then level by level.
    package private(set) var nodes: [Node]
    package private(set) var problems: [ArchiveProblem]
    /// How many problems more there were than are kept.
    package private(set) var omittedProblems: Int

    /// - Throws: `.limitExceeded` when the names imply more directories than the limits allow.
    package init(_ directory: ArchiveDirectory, limits: ArchiveLimits = .standard) throws(ArchiveError) {
        var draft = TreeDraft(limits: limits, expecting: directory.members.count)
        directory.problems.forEach { draft.note($0) }
        for position in directory.members.indices {
            try draft.insert(directory.members, position)
        }
        try draft.settleDisplaced(directory.members)
        nodes = draft.levelled()
        problems = draft.problems
        omittedProblems = draft.omittedProblems
    }
}

extension ArchiveTree {
    package static let root = 0

    /// The node of exactly that name, byte by byte, in a directory.
    package func child(named name: String, of parent: Int) -> Int? {
        guard nodes.indices.contains(parent) else { return nil }
        var range = nodes[parent].children
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if nodes[middle].name.utf8.elementsEqual(name.utf8) { return middle }
            let isBefore = nodes[middle].name.utf8.lexicographicallyPrecedes(name.utf8)
            range = isBefore ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    /// The node of a path below the root; the empty path is the root.
    package func node(at path: String) -> Int? {
        var node = Self.root
        for part in path.utf8.split(separator: UInt8(ascii: "/")) {
            guard let next = child(named: String(Substring(part)), of: node) else { return nil }
            node = next
        }
        return node
    }

    /// The path of a node below the root, without a slash before or after it.
    package func path(of node: Int) -> String {
        var parts: [String] = []
        var current = node
        while current != Self.root, nodes.indices.contains(current) {
            parts.append(nodes[current].name)
            current = nodes[current].parent
        }
        return parts.reversed().joined(separator: "/")
    }
}
