internal import Crypto
internal import DatasetArchive
internal import DatasetModel
internal import DatasetSync
internal import DatasetVFS
internal import Glibc

extension PutRun {
    /// Packs a directory into one archive beside the ledger and sends that.
    ///
    /// Equal trees make equal archives: what was begun with one is gone on with, and what is there already is not sent again.
    func sendCollection(_ items: [LocalItem], to target: NewPlace) throws(StoreError) {
        guard let top = items.first else { return }
        var creation = wishes.creation(.file, named: target.name, in: target.parent.location, at: [])
        // A store that knows no collections keeps the archive as a file.
        creation.isCollection = session.store.powers.forms != nil
        if !creation.isCollection { creation.name = Self.archiveName(target.name) }
        for item in items {
            guard case .leftOut(let reason) = item.kind else { continue }
            switch reason {
            case .ignored(let pattern): note(PutRow(path: item.relativePath, action: .leftOut, reason: pattern))
            case .impossible(let why):
                note(PutRow(path: item.relativePath, action: .failed, reason: "it cannot be sent: \(why)"))
            }
        }
        var row = PutRow(path: "", form: try form(creation, nil), action: .create)
        row.description = creation.description
        let members = items.filter { !$0.path.isEmpty }.compactMap(NewMember.init)
        row.bytes = members.reduce(0) { $0 + ($1.size) }
        let existing = try collection(named: target)
        row.id = existing?.attributes.id
        if isDry {
            row.action = existing == nil ? .create : .replace
            return note(row)
        }
        do throws(StoreError) {
            let archive = try packed(members)
            row.bytes = archive.size
            progress.expect(files: 1, bytes: archive.size)
            progress.began("")
            defer { progress.ended("", bytes: archive.size) }
            let node = try send(archive, creation, existing, &row)
            row.id = node.attributes.id
            note(row)
        } catch {
            failed(top, row.form, error)
        }
    }

    private func send(_ archive: PackedArchive, _ creation: Creation, _ existing: Node?, _ row: inout PutRow)
        throws(StoreError) -> Node
    {
        var node: Node
        let isBegun = ledger.note("").map { $0.replaced == nil } ?? false
        if let existing, !isBegun {
            let now = try session.store.node(at: existing.location, until: session.until)
            let done = ledger.done("")
            if done?.location == now.location.rawValue, done?.fingerprint == archive.fingerprint,
                done?.version == now.version?.rawValue
            {
                row.action = try describeKnown(now, creation)
                return now
            }
            guard let version = now.version else {
                throw StoreError(.unsupported, "what stands there cannot be replaced")
            }
            row.action = .replace
            node = try session.store.replace(
                now.location,
                version: version,
                with: archive,
                ledger: PutUpload("", ledger, progress, replacing: now.location),
                until: until
            )
            node = try describe(node, creation)
        } else {
            node = try session.store.create(
                creation,
                content: archive,
                ledger: PutUpload("", ledger, progress),
                until: until
            )
        }
        var done = PutLedger.Done(location: node.location.rawValue, fingerprint: archive.fingerprint)
        done.version = node.version?.rawValue
        try ledger.set(done, for: "")
        return node
    }

    /// The collection that stands there under that name.
    private func collection(named target: NewPlace) throws(StoreError) -> Node? {
        guard !target.parent.isImagined else { return nil }
        let knowsCollections = session.store.powers.forms != nil
        return try session.children(of: target.parent.location).first { node in
            node.name == Self.archiveName(target.name)
                && (node.attributes.isCollection == true || !knowsCollections)
        }
    }

    private static func archiveName(_ name: String) -> String {
        name.lowercased().hasSuffix(".zip") ? name : name + ".zip"
    }

    private func packed(_ members: [NewMember]) throws(StoreError) -> PackedArchive {
        let output = try PackedArchive(beside: ledger.path)
        do throws(ArchiveError) {
            _ = try ArchiveWriter().write(try ArchivePlan(members), to: output, until: until)
        } catch {
            if let cause = error.cause { throw cause }
            let what = error.member.map { "“\($0)”: " } ?? ""
            throw StoreError(.localFailure, what + error.message, remedy: error.remedy)
        }
        try output.finish()
        return output
    }
}

extension NewMember {
    /// What of a tree becomes a member.
    init?(_ item: LocalItem) {
        let status = LocalStatus.of(item.location)
        let permissions = UInt16(truncatingIfNeeded: status?.st_mode ?? 0o644) & 0o7777
        let time = status?.st_mtim ?? timespec()
        let modified = Timestamp(seconds: Int64(time.tv_sec))
        switch item.kind {
        case .file(let stamp):
            let content = UnopenedFile(item.location, stamp)
            self.init(item.relativePath, .file(content), permissions: permissions, modified: modified)
        case .directory:
            self.init(item.relativePath, .directory, permissions: permissions, modified: modified)
        case .link(let target):
            self.init(item.relativePath, .symbolicLink(target: target), permissions: 0o777, modified: modified)
        case .leftOut: return nil
        }
    }

    /// Bytes of a file.
    fileprivate var size: UInt64 {
        if case .file(let content) = content { content.size } else { 0 }
    }
}
