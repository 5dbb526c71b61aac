internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync

extension VirtualFileSystem {
    /// What the facts remember of earlier mounts is made to agree with the journal: only that was on the disk at every moment.
    func align(_ left: [Change], _ side: WriteSide) throws(VFSError) {
        try catalog.local { () throws(CacheError) in
            let facts = catalog.facts
            try facts.forgetUnpublished(prefix: Version.unpublishedPrefix, except: side.changes.locations)
            // Names that no facts remember come back with the next look at their directories.
            for parent in Set(left.map(\.parent)) {
                for directory in try facts.facts(at: parent) { try facts.forgetListing(of: directory.inode) }
            }
            for change in left {
                for fact in try facts.facts(at: change.location) { try align(fact, change) }
            }
        }
    }

    private func align(_ fact: Fact, _ change: Change) throws(CacheError) {
        let facts = catalog.facts
        if change.isRemoval { return try facts.remove(fact.inode) }
        let parent = try facts.fact(fact.parent)?.location
        let isElsewhere = fact.name != change.name || parent != change.parent
        if change.isCreation, isElsewhere { return try facts.remove(fact.inode) }
        guard change.isCreation || change.content != nil else { return }
        let base = change.isCreation ? nil : try facts.node(fact.inode)
        _ = try facts.update(fact.inode, from: change.node(over: base), at: time.wallNanoseconds())
    }
}
