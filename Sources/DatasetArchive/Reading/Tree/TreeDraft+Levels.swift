extension TreeDraft {
    /// The nodes level by level, siblings together and sorted by the bytes of their names.
    func levelled() -> [ArchiveTree.Node] {
        let order = nodes.indices.dropFirst().sorted { left, right in
            let (left, right) = (nodes[left], nodes[right])
            if left.parent != right.parent { return left.parent < right.parent }
            return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
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
