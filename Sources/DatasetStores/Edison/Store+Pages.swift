internal import DatasetModel
internal import DatasetSync

extension Edison.Store {
    /// Entries of one page that are asked for their kind where the listing does not tell it.
    static let questionsPerPage = 64

    /// One page of nodes. Where it begins is told by where the last one ended in the order of entries, not by a number,
    /// so that a tree which changed in between neither repeats nor leaves out what stayed.
    func page(
        of indices: [Int32],
        in tree: Edison.Tree,
        after cursor: Cursor?,
        until cancellation: Cancellation
    ) throws(StoreError) -> Page {
        let start = try cursor.map { cursor throws(StoreError) in try Self.position(cursor, indices, tree) } ?? 0
        let slice = indices[start..<min(start + pageSize, indices.count)]
        try learnShapes(slice, tree, until: cancellation)
        let nodes = slice.map { index -> Node in
            let record = tree.records[Int(index)]
            let guess = Edison.Shape.guess(record, hasChildren: tree.hasChildren(index))
            let shape =
                guess.isCertain && guess.shape == .directory ? guess.shape : shapes.shape(of: record) ?? guess.shape
            if shape.isDirectory { trees.setHome(of: record.id, to: tree.dataset.id) }
            return Edison.NodeBuilder.node(record, shape)
        }
        guard slice.endIndex < indices.count, let last = slice.last else { return Page(nodes: nodes) }
        let record = tree.records[Int(last)]
        return Page(nodes: nodes, next: Cursor("\(record.created?.nanoseconds ?? .min):\(record.id)"))
    }

    /// The first place in `indices` behind the entry that the cursor names.
    private static func position(_ cursor: Cursor, _ indices: [Int32], _ tree: Edison.Tree) throws(StoreError) -> Int {
        let parts = cursor.rawValue.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let created = Int64(parts[0]) else {
            throw StoreError(.invalid, "the cursor is none of this store's")
        }
        let id = String(parts[1])
        var (low, high) = (0, indices.count)
        while low < high {
            let middle = (low + high) / 2
            let record = tree.records[Int(indices[middle])]
            let stamp = record.created?.nanoseconds ?? .min
            if stamp < created || (stamp == created && record.id <= id) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Asks those entries for their kind of which the listing leaves it open: a name must not change when it is looked
    /// at more closely.
    private func learnShapes(_ indices: ArraySlice<Int32>, _ tree: Edison.Tree, until cancellation: Cancellation)
        throws(StoreError)
    {
        let open = indices.lazy.filter { index in
            let record = tree.records[Int(index)]
            return !Edison.Shape.guess(record, hasChildren: tree.hasChildren(index)).isCertain
                && self.shapes.shape(of: record) == nil
        }
        let ids = Array(open.prefix(Self.questionsPerPage)).map { tree.records[Int($0)].id }
        guard !ids.isEmpty else { return }
        _ = try crew.map(ids, until: cancellation) { [client, shapes] id in
            // What cannot be learnt stays guessed: the listing is right without it.
            guard let answer = try? client.entry(id, until: cancellation) else { return }
            shapes.learn(Edison.Shape(answer, hasChildren: false), of: answer.entry)
        }
    }
}
