internal import Glibc

extension TreeDraft {
    /// The nodes level by level, siblings together and sorted by the bytes of their names.
    func levelled() -> [ArchiveTree.Node] {
        let order = nodes.indices.dropFirst().sorted { left, right in
            if nodes[left].parent != nodes[right].parent { return nodes[left].parent < nodes[right].parent }
            return nodes[left].name.precedesInBytes(nodes[right].name)
        }
        var first = [Int](repeating: 0, count: nodes.count)
        var count = [Int](repeating: 0, count: nodes.count)
        for (place, node) in order.enumerated() {
            let parent = nodes[node].parent
            if count[parent] == 0 { first[parent] = place }
            count[parent] += 1
        }
        var result = [nodes[ArchiveTree.root]]
        result.reserveCapacity(nodes.count)
        // What each of the nodes in `result` is in this draft.
        var origin = [ArchiveTree.root]
        origin.reserveCapacity(nodes.count)
        var current = 0
        while current < result.count {
            let start = result.count
            let draft = origin[current]
            for place in first[draft]..<(first[draft] + count[draft]) {
                var node = nodes[order[place]]
                node.parent = current
                result.append(node)
                origin.append(order[place])
            }
            result[current].children = start..<result.count
            current += 1
        }
        return result
    }
}

extension String {
    /// The order of the bytes in UTF-8, which is that of the Unicode scalars.
    fileprivate func precedesInBytes(_ other: String) -> Bool {
        let answer = unsafe utf8.withContiguousStorageIfAvailable { left in
            unsafe other.utf8.withContiguousStorageIfAvailable { right in
                let common = min(left.count, right.count)
                guard common > 0, let first = left.baseAddress, let second = right.baseAddress else {
                    return left.count < right.count
                }
                let order = unsafe memcmp(first, second, common)
                return order == 0 ? left.count < right.count : order < 0
            }
        }
        return (answer ?? nil) ?? utf8.lexicographicallyPrecedes(other.utf8)
    }
}
