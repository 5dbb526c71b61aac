package import DatasetModel
package import DatasetSync
internal import Glibc

/// New things: a file appears under its name whole or not at all, and is on the disk when the call is back.
extension Gufe.FileStore {
    package func check(_ creation: Creation) throws(StoreError) {
        try requireWritable()
        try Gufe.check(creation, in: traits)
        guard !Gufe.TemporaryName.matches(Array(creation.name.utf8)) else {
            throw StoreError(
                .invalid,
                "“\(creation.name)” is a name that \(traits.displayName) needs for itself",
                remedy: "Choose another name."
            )
        }
    }

    @available(*, noasync, message: "this waits for the disk")
    package func create(
        _ creation: Creation,
        content: (any StagedContent)?,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try check(creation)
        let path = try path(creation.parent).child(Array(creation.name.utf8))
        try check(cancellation, "Creating “\(path.location)”")
        let note = Gufe.FileNote(text: ledger.lastNote)
        if creation.kind == .file {
            let order = Order(path: path, content: content ?? Gufe.NoContent(), ledger: ledger, cancellation)
            return try createFile(creation, order, note)
        }
        try make(creation.kind, path, ledger, isRepeated: note != nil)
        if !AttributeChange(creation).isEmpty { try describe(creation, path) }
        return try settledNode(at: path, until: cancellation)
    }

    private func createFile(_ creation: Creation, _ order: Order, _ note: Gufe.FileNote?) throws(StoreError) -> Node {
        if let node = try finished(order, note) { return node }
        let (path, what) = (order.path, "“\(order.path.location)” in \(traits.displayName) cannot be created")
        try local(what) { () throws(Gufe.SystemError) in
            let directory = try tree.openDirectory(path.parent)
            guard try Gufe.FileStatus(ifThere: path.lastName, in: directory) == nil else {
                throw Gufe.SystemError(number: EEXIST)
            }
            cleanOnce(directory)
        }
        var temporary = try makeTemporary(order, mode: 0o666, what)
        let written = try write(order, to: temporary, what) { (file) throws(StoreError) in
            let attributes = Gufe.ExtendedAttributes(of: file.name, in: file.directory)
            try self.set(AttributeChange(creation), attributes, what)
        }
        try local(what) { () throws(Gufe.SystemError) in
            try temporary.publish(as: path.lastName)
            try Gufe.synchronize(temporary.directory)
        }
        return try node(of: temporary, order, written)
    }

    /// Makes a directory or a link, which are there at once and under their own name.
    ///
    /// - Parameter isRepeated: What is there already may then be the answer that was lost: the same thing is taken for it.
    private func make(
        _ kind: Creation.Kind,
        _ path: Gufe.RelativePath,
        _ ledger: any UploadLedger,
        isRepeated: Bool
    ) throws(StoreError) {
        let what = "“\(path.location)” in \(traits.displayName) cannot be created"
        let isFree = try local(what) { () throws(Gufe.SystemError) in
            let place = try tree.place(of: path)
            guard let status = try place.statusIfThere() else { return true }
            guard isRepeated, try place.isSame(kind, status) else { throw Gufe.SystemError(number: EEXIST) }
            return false
        }
        if isFree { try ledger.note(Gufe.FileNote(kind, at: path.location).text) }
        try local(what) { () throws(Gufe.SystemError) in
            let directory = try tree.openDirectory(path.parent)
            if isFree { try Gufe.make(kind, path.lastName, in: directory) }
            try Gufe.synchronize(directory)
        }
    }

    private func describe(_ creation: Creation, _ path: Gufe.RelativePath) throws(StoreError) {
        let what = "“\(path.location)” in \(traits.displayName) cannot be described"
        let place = try local(what) { () throws(Gufe.SystemError) in try tree.place(of: path) }
        try set(AttributeChange(creation), place.attributes, what)
        try local(what) { () throws(Gufe.SystemError) in try place.synchronize() }
    }
}

extension Gufe {
    /// - Throws: EEXIST when something is called so.
    fileprivate static func make(_ kind: Creation.Kind, _ name: [UInt8], in directory: borrowing Descriptor)
        throws(SystemError)
    {
        let raw = directory.raw
        _ = try systemCall {
            switch kind {
            case .directory, .file: unsafe mkdirat(raw, cString(name), 0o777)
            case .link(let target): unsafe symlinkat(target, raw, cString(name))
            }
        }
    }
}

extension Gufe.Place {
    func isSame(_ kind: Creation.Kind, _ status: Gufe.FileStatus) throws(Gufe.SystemError) -> Bool {
        switch kind {
        case .directory: status.isDirectory
        case .file: false
        case .link(let target): status.isLink ? try linkTarget() == Array(target.utf8) : false
        }
    }
}
