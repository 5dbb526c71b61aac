internal import DatasetModel
internal import DatasetSync

extension PutRun {
    func sendFile(_ job: Job) throws(StoreError) {
        let file = try LocalFile(job.item.location)
        let path = job.item.relativePath
        var row = PutRow(path: path, form: try form(job.creation, file), action: .create, bytes: file.size)
        row.description = job.creation.description
        // What an earlier try made is found by its note, whatever else is there by now.
        let isBegun = ledger.note(path).map { $0.replaced == nil } ?? false
        guard let existing = job.existing, isDry || !isBegun else {
            if !isDry {
                row.id = try keep(
                    try session.store.create(
                        job.creation,
                        content: file,
                        ledger: PutUpload(path, ledger, progress),
                        until: until
                    ),
                    file,
                    path
                )
            }
            return note(row)
        }
        guard existing.kind == .file else {
            throw StoreError(.conflict, "a \(existing.kind == .directory ? "directory" : "link") stands there")
        }
        row.id = existing.attributes.id
        if try isUnchanged(existing, file, path) {
            row.action = try describeKnown(existing, job.creation)
        } else {
            row.action = .replace
            if !isDry { try replace(existing, file, job, path) }
        }
        note(row)
    }

    /// The store has what this file holds, by what was noted when it was sent or by its content.
    private func isUnchanged(_ existing: Node, _ file: LocalFile, _ path: String) throws(StoreError) -> Bool {
        let done = ledger.done(path)
        let isSame = done?.location == existing.location.rawValue && done?.stamp == file.stamp
        if isSame, let modified = existing.modified?.nanoseconds, modified == done?.modified { return true }
        let now = try session.store.node(at: existing.location, until: session.until)
        if isSame, let version = now.version?.rawValue, version == done?.version { return true }
        guard let text = now.inlineContent, UInt64(text.count) == file.size else { return false }
        let isEqual = try file.isEqual(to: text)
        if isEqual, !isDry { _ = try keep(now, file, path) }
        return isEqual
    }

    private func replace(_ existing: Node, _ file: LocalFile, _ job: Job, _ path: String) throws(StoreError) {
        let now = try session.store.node(at: existing.location, until: session.until)
        guard let version = now.version else {
            throw StoreError(.unsupported, "what stands there cannot be replaced")
        }
        var node = try session.store.replace(
            existing.location,
            version: version,
            with: file,
            ledger: PutUpload(path, ledger, progress, replacing: existing.location),
            until: until
        )
        node = try describe(node, job.creation)
        _ = try keep(node, file, path)
    }

    /// Gives something whose content stays the description and tags that are wanted.
    func describeKnown(_ node: Node, _ creation: Creation) throws(StoreError) -> PutRow.Action {
        guard !Self.change(of: node, to: creation).isEmpty else { return .unchanged }
        if !isDry { _ = try describe(node, creation) }
        return .describe
    }

    private static func change(of node: Node, to creation: Creation) -> AttributeChange {
        var change = AttributeChange()
        if let wanted = creation.description, wanted != node.attributes.description { change.description = wanted }
        if !creation.tags.isEmpty, Set(creation.tags) != Set(node.attributes.tags) { change.tags = creation.tags }
        return change
    }

    /// Gives what was there already the description and tags that are wanted.
    func describe(_ node: Node, _ creation: Creation) throws(StoreError) -> Node {
        let change = Self.change(of: node, to: creation)
        guard !change.isEmpty else { return node }
        return try session.store.setAttributes(change, of: node.location, until: session.until)
    }

    /// Notes that a file is at the store.
    ///
    /// - Returns: Its id.
    private func keep(_ node: Node, _ file: LocalFile, _ path: String) throws(StoreError) -> String? {
        guard !file.hasChanged else {
            throw StoreError(
                .localFailure,
                "it was written to while it was sent",
                remedy: "Send it again when nobody writes to it."
            )
        }
        var done = PutLedger.Done(location: node.location.rawValue, stamp: file.stamp)
        done.version = node.version?.rawValue
        done.modified = node.modified?.nanoseconds
        try ledger.set(done, for: path)
        return node.attributes.id
    }

    func sendLink(_ job: Job) throws(StoreError) {
        guard case .link(let target) = job.item.kind else { return }
        let path = job.item.relativePath
        var row = PutRow(path: path, form: "link", action: .create, bytes: nil)
        if let existing = job.existing {
            guard existing.kind == .link(target: target) else {
                throw StoreError(.conflict, "something else stands there", remedy: "Remove it first.")
            }
            row.action = .unchanged
            row.id = existing.attributes.id
        } else if !isDry {
            let node = try session.store.create(
                job.creation,
                content: nil,
                ledger: PutUpload(path, ledger, progress),
                until: session.until
            )
            try ledger.set(PutLedger.Done(location: node.location.rawValue), for: path)
            row.id = node.attributes.id
        }
        note(row)
    }

    func form(_ creation: Creation, _ content: (any StagedContent)?) throws(StoreError) -> String {
        if let forms = session.store.powers.forms { return try forms.form(of: creation, content: content) }
        try session.store.check(creation)
        switch creation.kind {
        case .file: return creation.isCollection ? "collection" : "file"
        case .directory: return "directory"
        case .link: return "link"
        }
    }
}

extension LocalFile {
    func isEqual(to text: [UInt8]) throws(StoreError) -> Bool {
        var bytes = [UInt8](repeating: 0, count: text.count)
        var failure: StoreError?
        unsafe bytes.withUnsafeMutableBytes { buffer in
            do throws(StoreError) {
                try unsafe read(at: 0, into: buffer)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes == text
    }
}
