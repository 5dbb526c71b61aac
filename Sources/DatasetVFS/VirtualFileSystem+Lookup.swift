internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Glibc

extension VirtualFileSystem {
    /// The file behind a name. Counts one lookup of the kernel's for each answer that finds something.
    package func lookup(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) -> LookupAnswer {
        guard name.utf8.count <= TreeName.limit else { throw VFSError(errno: ENAMETOOLONG) }
        if let entry = try controlEntry(named: name, in: parent, context) { return .found(entry) }
        return try recording("lookup", at: path(of: name, in: parent.rawValue)) { () throws(VFSError) in
            let directory = try catalog.fact(parent.rawValue)
            guard let found = try find(name, in: directory, context.cancellation) else {
                return .absent(lifetime: options.lifetime)
            }
            let current = try catalog.leaveToReaders(found)
            let sized = try catalog.sized(current, until: context.cancellation)
            inodes.remember(sized.inode)
            return .found(Entry(status: status(of: sized), lifetime: options.lifetime))
        }
    }

    /// The kernel drops so many of the lookups it was given.
    package func forget(_ inode: Inode, count: UInt64) {
        if isControl(inode) { control.forget(inode.rawValue, count: count) }
        inodes.forget(inode.rawValue, count: count)
    }

    /// What `stat` shows: what is known, at once; a size that no listing told is asked for.
    package func status(of inode: Inode, handle: UInt64?, _ context: CallContext) throws(VFSError) -> Entry {
        if isControl(inode) { return try controlEntry(inode, handle: handle, context) }
        return try recording("stat", at: path(of: inode.rawValue)) { () throws(VFSError) in
            let fact = try catalog.sized(try catalog.fact(inode.rawValue), until: context.cancellation)
            return Entry(status: status(of: fact), lifetime: options.lifetime)
        }
    }

    package func linkTarget(of inode: Inode, _ context: CallContext) throws(VFSError) -> String {
        if isControl(inode) { return try controlTarget(of: inode, context) }
        let fact = try catalog.fact(inode.rawValue)
        guard case .link(let target) = fact.kind else { throw VFSError(errno: EINVAL) }
        guard target.isEmpty, fact.location.isInCollection else { return target }
        return try memberTarget(of: fact, context)
    }

    /// Known names at once; an unknown one only after the listing was looked at again, and at the root the store itself.
    func find(_ name: String, in directory: Fact, _ cancellation: Cancellation) throws(VFSError) -> Fact? {
        let listing = try catalog.listing(of: directory)
        catalog.renew(listing, of: directory)
        if let fact = try catalog.known(name, in: directory) { return try stillThere(fact, cancellation) }
        if !catalog.canDeny(name, by: listing) {
            do throws(VFSError) {
                try catalog.refreshListing(of: directory, until: cancellation)
            } catch {
                // A store that cannot list just now may still know the name.
                if let fact = try? catalog.ask(for: name, in: directory, until: cancellation) { return fact }
                guard isAbsentAsFarAsKnown(listing, error) else { throw error }
                return nil
            }
            if let fact = try catalog.known(name, in: directory) { return fact }
        }
        return try catalog.ask(for: name, in: directory, until: cancellation)
    }

    /// Work goes on while the store cannot be reached: a name that the last listing did not show is free to be written. Should
    /// the store have it by now, publishing finds out. A listing that was forgotten is as good here: nobody can be asked for a newer one.
    private func isAbsentAsFarAsKnown(_ listing: ListingState?, _ error: VFSError) -> Bool {
        writing != nil && listing != nil && error.cause?.code.isConnectivity == true
    }

    /// A known name is shown at once, unless nothing is believed without asking.
    private func stillThere(_ fact: Fact, _ cancellation: Cancellation) throws(VFSError) -> Fact? {
        guard options.lifetime == .zero else { return fact }
        do throws(VFSError) {
            return try catalog.refreshIfPossible(fact, until: cancellation)
        } catch {
            guard error.cause?.code == .notFound else { throw error }
            return nil
        }
    }

    func status(of fact: Fact) -> FileStatus {
        let kind: FileKind
        var size: UInt64
        var permissions: UInt32
        switch fact.kind {
        case .directory: (kind, size, permissions) = (.directory, 4096, 0o555)
        case .file: (kind, size, permissions) = (.regular, fact.size ?? 0, 0o444)
        case .link(let target):
            (kind, size, permissions) = (
                .symbolicLink, target.isEmpty ? fact.size ?? 0 : UInt64(target.utf8.count), 0o777
            )
        }
        if fact.location.isInCollection {
            if fact.version.flatMap(MemberVersion.init)?.isExecutable == true { permissions |= 0o111 }
        } else if writing != nil {
            permissions |= 0o222
        }
        var modified = fact.modified ?? fact.created ?? Timestamp(nanoseconds: startedAt)
        let changed = max(fact.changed ?? modified, modified)
        // What was set here; a memory that cannot be read is shown as none.
        let remembered = (try? localAttributes(of: fact.location)) ?? nil
        if let time = remembered?.modified, remembered?.version == nil || remembered?.version == fact.version {
            modified = time
        }
        if kind == .regular, let open = openFiles[fact.inode]?.status {
            size = open.size
            modified = open.modified ?? modified
        }
        if kind != .symbolicLink { permissions = (remembered?.permissions ?? permissions) & ~options.umask }
        return FileStatus(
            inode: Inode(fact.inode),
            kind: kind,
            size: size,
            permissions: permissions,
            links: kind == .directory ? 2 : 1,
            owner: remembered?.owner ?? options.owner,
            group: remembered?.group ?? options.group,
            accessed: remembered?.accessed ?? modified,
            modified: modified,
            changed: max(changed, openFiles[fact.inode]?.modified ?? changed)
        )
    }
}
