internal import DatasetModel

extension Edison {
    /// One dataset's entries as a tree, without their contents.
    final class Tree: Sendable {
        let dataset: DatasetRecord
        /// In the order of creation, then id; entries that are not shown are among them.
        let records: [EntryRecord]
        /// Indices of what lies directly in the dataset.
        let top: [Int32]
        /// Entries that could not be read and are not among the records.
        let damaged: Int

        private let children: [Int32: [Int32]]
        private let indices: [String: Int32]

        init(dataset: DatasetRecord, records unsorted: [EntryRecord], damaged: Int = 0) {
            self.damaged = damaged
            let (records, indices) = Self.ordered(unsorted)
            var parents = records.indices.map { index -> Int32? in
                let parent = records[index].parentID.flatMap { indices[$0] }
                return parent == Int32(index) ? nil : parent
            }
            Self.breakCycles(&parents)
            let isShown = Self.shown(records, parents)

            var children: [Int32: [Int32]] = [:]
            var top: [Int32] = []
            for index in records.indices where isShown[index] {
                if let parent = parents[index] {
                    children[parent, default: []].append(Int32(index))
                } else {
                    top.append(Int32(index))
                }
            }
            self.dataset = dataset
            self.records = records
            self.indices = indices
            self.children = children
            self.top = top
        }

        /// A sentence for people; nil when nothing was left out.
        static func note(leftOut count: Int) -> String? {
            switch count {
            case 0: nil
            case 1: "one entry is not shown: the platform's record of it is damaged"
            default: "\(count) entries are not shown: the platform's records of them are damaged"
            }
        }

        static func precedes(_ left: EntryRecord, _ right: EntryRecord) -> Bool {
            let (first, second) = (left.created?.nanoseconds ?? .min, right.created?.nanoseconds ?? .min)
            return first == second ? left.id < right.id : first < second
        }

        /// The records in order, no id twice. They mostly come so, and moving very many of them costs.
        private static func ordered(_ records: [EntryRecord]) -> ([EntryRecord], [String: Int32]) {
            var indices: [String: Int32] = [:]
            indices.reserveCapacity(records.count)
            var isOrdered = true
            for index in records.indices {
                if indices.updateValue(Int32(index), forKey: records[index].id) != nil { isOrdered = false }
                if index > 0, precedes(records[index], records[index - 1]) { isOrdered = false }
            }
            if isOrdered { return (records, indices) }
            indices.removeAll(keepingCapacity: true)
            let order = records.indices.sorted { precedes(records[$0], records[$1]) }
            var sorted: [EntryRecord] = []
            sorted.reserveCapacity(records.count)
            for index in order where indices[records[index].id] == nil {
                indices[records[index].id] = Int32(sorted.count)
                sorted.append(records[index])
            }
            return (sorted, indices)
        }

        func index(of id: String) -> Int32? { indices[id] }

        func children(of index: Int32) -> [Int32] { children[index] ?? [] }

        func hasChildren(_ index: Int32) -> Bool { children[index] != nil }

        /// Entries that name each other as parents hang from nothing: the oldest of each circle comes to the top.
        private static func breakCycles(_ parents: inout [Int32?]) {
            // 0: not seen, otherwise the number of the walk that saw it first.
            var walk = [Int32](repeating: 0, count: parents.count)
            for start in parents.indices where walk[start] == 0 {
                let mark = Int32(start) + 1
                var index = start
                walk[index] = mark
                while let parent = parents[index].map(Int.init) {
                    if walk[parent] == mark {
                        var oldest = parent
                        var member = parents[parent].map(Int.init) ?? parent
                        while member != parent {
                            oldest = min(oldest, member)
                            member = parents[member].map(Int.init) ?? parent
                        }
                        parents[oldest] = nil
                        break
                    }
                    if walk[parent] != 0 { break }
                    walk[parent] = mark
                    index = parent
                }
            }
        }

        /// What has content is shown, and every directory on the way to it.
        private static func shown(_ records: [EntryRecord], _ parents: [Int32?]) -> [Bool] {
            var isShown = records.map(\.isShown)
            for index in records.indices where isShown[index] {
                var parent = parents[index].map(Int.init)
                while let ancestor = parent, !isShown[ancestor] {
                    isShown[ancestor] = true
                    parent = parents[ancestor].map(Int.init)
                }
            }
            return isShown
        }
    }
}

extension Edison.EntryRecord {
    /// A pending entry has no content until its upload is completed, a failed one never had any, a disabled one was
    /// taken away, and one that only brings the content of another stands for nothing itself. A status from a later time than this text is no reason to hide.
    var isShown: Bool {
        if isSource { return false }
        switch status {
        case "pending": return contentLength != nil
        case "failed", "disabled": return false
        default: return true
        }
    }
}
