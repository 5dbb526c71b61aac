internal import DatasetSync
internal import GRDB

extension FactStore {
    /// Makes `nodes` the whole content of a directory, in one transaction.
    ///
    /// A node at a known location keeps its inode. A listing that tells less than is known keeps what is known as long
    /// as it is evidently the same content: equal kind and equal version or, where either is silent, modification time.
    /// Otherwise size and version become what the listing says. What ``add(_:to:at:)`` brought stays although a
    /// listing does not show it, unless its name is taken now.
    ///
    /// - Parameters:
    ///   - nodes: Of two nodes at one location or under one name the first counts.
    ///   - duration: How long it took to learn them.
    /// - Returns: Nothing changed when the directory itself is gone.
    @discardableResult
    package func replaceChildren(
        of parent: UInt64,
        with nodes: [NamedNode],
        at wall: Int64,
        took duration: Duration = .zero
    ) throws(CacheError) -> ListingChange {
        try write { database in
            guard try FactRow.exists(parent, in: database) else { return ListingChange() }
            let known = try FactRow.fetchChildren(of: parent, from: database)
            let plan = ListingPlan(known: known, told: nodes, in: parent, at: wall)
            var change = try Self.carryOut(plan, known: known, in: database)
            change.added.reserveCapacity(plan.insertions.count)
            for index in plan.insertions {
                var row = FactRow(new: nodes[index], in: parent, at: wall, isWhole: false, isPinned: false)
                try row.insert(into: database)
                change.added.append(row.fact)
            }
            let statement = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO listing (directory, listedAt, isComplete, took) VALUES (?, ?, 1, ?)"
            )
            try statement.execute(
                arguments: [Int64(clamping: parent), wall, Int64(clamping: duration.clampedNanoseconds)]
            )
            return change
        }
    }

    /// Removes and alters what was there before.
    private static func carryOut(
        _ plan: ListingPlan,
        known: [FactRow],
        in database: Database
    ) throws -> ListingChange {
        var change = ListingChange()
        for row in plan.removals {
            try FactRow.remove(row.fact.inode, from: database)
            change.removed.append(row.fact)
        }
        // Names may be swapped: all that move are vacated before any is taken.
        var oldNames: [UInt64: String] = [:]
        if plan.updates.contains(where: { $0.difference.contains(.name) }) {
            for row in known { oldNames[row.fact.inode] = row.fact.name }
            for update in plan.updates where update.difference.contains(.name) {
                try FactRow.vacateName(of: update.row.fact.inode, in: database)
            }
        }
        for (row, difference) in plan.updates {
            try row.update(in: database)
            if difference.contains(.content) {
                try FactRow.removeDescendants(of: row.fact.inode, from: database)
            }
            if difference.contains(.facts) { change.changed.append(row.fact) }
            if difference.contains(.name), let old = oldNames[row.fact.inode] { change.renamed.append((old, row.fact)) }
        }
        return change
    }

    /// Forgets when the root was listed if what it lists was decided by other choices then.
    ///
    /// Before the first look at the tree: a known listing would be shown once more although it answers another question.
    ///
    /// - Parameter choices: All that decides what the store lists at its root, besides its identity.
    package func adopt(rootChoices choices: String) throws(CacheError) {
        try write { database in
            let known = try String.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'rootChoices'")
            let choices = StoredText.encode(choices)
            guard known.map({ $0.isExactly(choices) }) != true else { return }
            try Self.forgetListing(of: FactSchema.rootInode, in: database)
            try database.execute(
                sql: "INSERT OR REPLACE INTO meta (key, value) VALUES ('rootChoices', ?)",
                arguments: [choices]
            )
        }
    }

    /// Makes the next look at the directory ask the store; its children stay known for when the store cannot be asked.
    package func forgetListing(of parent: UInt64) throws(CacheError) {
        try write { database in
            try Self.forgetListing(of: parent, in: database)
        }
    }

    private static func forgetListing(of parent: UInt64, in database: Database) throws {
        try database.cachedStatement(sql: "UPDATE listing SET listedAt = 0, isComplete = 0 WHERE directory = ?")
            .execute(arguments: [Int64(clamping: parent)])
    }
}
