internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Glibc

/// Three ways to another name: what the store does not have yet merely is called otherwise; what it has it renames itself
/// where it can; everything else is copied, and the original removed once the copy is safe.
extension VirtualFileSystem {
    /// What is renamed, what stands in its way, and where it goes.
    struct Move {
        var source: Fact
        /// A file whose place at the store the newcomer takes.
        var target: Fact?
        /// A link or an empty directory, or what one takes the name of: it goes in the step in which the newcomer comes.
        var obstacle: Fact?
        let directory: Fact
        let name: String
    }

    package func rename(
        _ name: String,
        in parent: Inode,
        to newName: String,
        in newParent: Inode,
        _ rule: RenameRule,
        _ context: CallContext
    ) throws(VFSError) {
        try recording("rename", at: path(of: name, in: parent.rawValue)) { () throws(VFSError) in
            let side = try writeSide()
            guard !isControl(newParent), newName != TreeName.control else { throw VFSError(errno: EPERM) }
            let source = try existing(name, in: parent, context)
            let directory = try catalog.fact(newParent.rawValue)
            try refuseCollection(source, to: directory)
            let target = try find(newName, in: directory, context.cancellation)
            guard target?.inode != source.inode else { return }
            guard rule != .exchanges else { return try exchange(source, target, side, context) }
            guard rule != .mustBeFree || target == nil else { throw VFSError(errno: EEXIST) }
            try checkKinds(source, target)
            try learnIgnores(for: directory, side, context)
            // Whatever is being sent just now may become another thing's content: it is settled first.
            let held = [source, target].compactMap { $0.flatMap { side.changes.change(at: $0.location)?.id } }
            do throws(VFSError) {
                _ = try settled(source.location, side, context)
                if let target { _ = try settled(target.location, side, context) }
                try move(source, over: target, to: newName, in: directory, side, context)
            } catch {
                for id in held { side.publisher.resume(id) }
                throw error
            }
        }
    }

    private func move(
        _ source: Fact,
        over target: Fact?,
        to name: String,
        in directory: Fact,
        _ side: WriteSide,
        _ context: CallContext
    ) throws(VFSError) {
        var move = Move(
            source: try catalog.fact(source.inode),
            target: try target.map { target throws(VFSError) in try catalog.fact(target.inode) },
            directory: try catalog.fact(directory.inode),
            name: name
        )
        if let obstacle = move.target, obstacle.kind != .file || source.kind != .file {
            if obstacle.kind == .directory { try requireEmpty(obstacle, side, context) }
            (move.target, move.obstacle) = (nil, obstacle)
        }
        if move.source.location.pendingID != nil {
            try renameUnpublished(move, side, context)
        } else if move.target == nil, move.obstacle == nil, store.traits.renaming == .anywhere,
            !isLocalName(name, move.directory, side)
        {
            try renameAtStore(move, side, context)
        } else {
            try copyAndRemove(move, side, context)
        }
    }

    private func checkKinds(_ source: Fact, _ target: Fact?) throws(VFSError) {
        guard let target else { return }
        if source.kind == .directory, target.kind != .directory { throw VFSError(errno: ENOTDIR) }
        if source.kind != .directory, target.kind == .directory { throw VFSError(errno: EISDIR) }
    }

    func isLocalName(_ name: String, _ directory: Fact, _ side: WriteSide) -> Bool {
        side.names.treatment(of: name, inLocalDirectory: isLocal(directory.location)) == .local
    }

    /// The number goes with the name; what stood there is left to who has it open.
    func take(_ change: Change, _ move: Move) throws(VFSError) {
        let base =
            change.location.pendingID == nil
            ? try move.target.flatMap { target throws(VFSError) in
                try catalog.node(of: target)
            } : nil
        if let obstacle = move.obstacle { vanish(obstacle) }
        try place(move, at: change.location, showing: change.node(over: base))
        openFiles[move.source.inode]?.move(
            OpenFile.Place(
                location: change.location,
                version: change.version,
                parent: change.parent,
                name: change.name
            )
        )
    }

    func place(_ move: Move, at location: Location, showing node: Node) throws(VFSError) {
        if let target = move.target {
            openFiles[target.inode]?.abandon()
            inodes.detach(target.inode)
        }
        let now = try catalog.local { () throws(CacheError) -> Fact? in
            try catalog.facts.move(
                move.source.inode,
                to: move.directory.inode,
                named: move.name,
                location: location,
                keepsChildren: location.pendingID != nil
            )
            return try catalog.facts.update(move.source.inode, from: node, at: time.wallNanoseconds())?.fact
        }
        if let now { inodes.follow(now) }
    }
}
