extension FactStore {
    /// Children that ``add(_:to:at:)`` put there: listings may not show them, and they stay.
    package func addedChildren(of parent: UInt64) throws(CacheError) -> [Fact] {
        try facts(
            "node.parent = ? AND node.pinned = 1 AND node.inode > ? ORDER BY node.inode LIMIT ?",
            of: parent,
            after: 0,
            Int(Int32.max)
        )
    }
}
