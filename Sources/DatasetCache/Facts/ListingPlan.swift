internal import DatasetModel

/// What must be written so that a directory shows exactly what a listing told.
struct ListingPlan {
    private(set) var removals: [FactRow] = []
    private(set) var updates: [(row: FactRow, difference: FactDifference)] = []
    /// Places in the listing: of what is new nothing is copied before it is written.
    private(set) var insertions: [Int] = []

    /// - Parameter known: All rows of the directory.
    /// - Parameter told: The listing. Of two nodes at one location, or under one name, the first counts: a store whose
    ///   pages shift while it is read tells things twice.
    init(known: [FactRow], told: [NamedNode], in parent: UInt64, at wall: Int64) {
        var unseen: [Location: FactRow] = Dictionary(minimumCapacity: known.count)
        for row in known { unseen[row.fact.location] = row }
        var locations: Set<Location> = Set(minimumCapacity: told.count)
        var names: Set<ExactText> = Set(minimumCapacity: told.count)

        for (index, child) in told.enumerated() {
            let location = child.node.location
            guard !locations.contains(location), names.insert(ExactText(child.name)).inserted else { continue }
            locations.insert(location)
            if var row = unseen.removeValue(forKey: location) {
                let difference = row.take(listed: child, at: wall)
                if !difference.isEmpty { updates.append((row, difference)) }
            } else {
                insertions.append(index)
            }
        }
        for var row in known where unseen[row.fact.location] != nil {
            if !row.isPinned || names.contains(ExactText(row.fact.name)) {
                removals.append(row)
            } else if row.isConfirmed {
                // This listing does not speak of it: what earlier ones confirmed stands in the row from now on.
                row.isConfirmed = false
                updates.append((row, .row))
            }
        }
    }
}

extension Set {
    fileprivate init(minimumCapacity: Int) {
        self.init()
        reserveCapacity(minimumCapacity)
    }
}

extension Dictionary {
    fileprivate init(minimumCapacity: Int) {
        self.init()
        reserveCapacity(minimumCapacity)
    }
}
