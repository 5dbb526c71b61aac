package import DatasetModel
package import DatasetSync

extension Edison.Store {
    package func node(at location: Location, until cancellation: Cancellation) throws(StoreError) -> Node {
        try cancellation.check(during: "asking for \(location)")
        switch try Edison.Address(location) {
        case .root: return try root(until: cancellation)
        case .dataset(let id): return directory(try client.datasetFacts(id, until: cancellation))
        case .entry(let id): return try entryNode(id, until: cancellation)
        case .object(let id, let place): return try objectNode(id, place, until: cancellation)
        }
    }

    private func root(until cancellation: Cancellation) throws(StoreError) -> Node {
        if let id = options.dataset {
            return directory(try client.datasetFacts(id, until: cancellation), at: .root)
        }
        try client.checkAccount(until: cancellation)
        var node = Node(location: .root, name: "", kind: .directory)
        if let note = roots.note { node.attributes.metadata["listing"] = Edison.JSON.string(note).text }
        return node
    }

    /// A dataset, with a word on what its last listing had to leave out.
    func directory(_ record: Edison.DatasetRecord, at address: Edison.Address? = nil) -> Node {
        var node = Edison.NodeBuilder.node(record, at: address)
        if let note = trees.note(on: record.id) { node.attributes.metadata["listing"] = Edison.JSON.string(note).text }
        return node
    }

    /// `GET …/data-entries/{id}`, then one byte of the object where its size or identity are not told.
    func entryNode(_ id: String, until cancellation: Cancellation) throws(StoreError) -> Node {
        try entryNode(try client.entry(id, until: cancellation), until: cancellation)
    }

    func entryNode(_ answer: Edison.EntryAnswer, until cancellation: Cancellation) throws(StoreError) -> Node {
        try entryNode(answer, try shape(of: answer), until: cancellation)
    }

    func entryNode(_ answer: Edison.EntryAnswer, _ shape: Edison.Shape, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        let inline = Edison.NodeBuilder.inlineContent(answer, shape)
        var node = Edison.NodeBuilder.node(answer, shape, inlineContent: inline)
        if let inline, let version = node.version { texts.keep(inline, answer.entry.id, version) }
        guard shape == .object, let index = answer.locations.firstIndex(where: \.isObject) else {
            if shape == .object { throw Self.neverUploaded(answer.entry) }
            return node
        }
        let key = Edison.ObjectKey(entry: answer.entry.id, revision: answer.shownRevision, place: nil)
        try tell(&node, answer, answer.locations[index], key, until: cancellation)
        return node
    }

    private func objectNode(_ id: String, _ place: String, until cancellation: Cancellation) throws(StoreError) -> Node
    {
        let answer = try client.entry(id, until: cancellation)
        guard answer.entry.isShown, let index = answer.index(ofPlace: place) else {
            throw StoreError(.notFound, "entry \(id) has no location \(place)")
        }
        var node = Edison.NodeBuilder.objectNode(answer, at: index, name: Edison.FileName.ofObjects(answer)[index])
        let key = Edison.ObjectKey(entry: answer.entry.id, revision: answer.shownRevision, place: place)
        try tell(&node, answer, answer.locations[index], key, until: cancellation)
        return node
    }

    /// The kind of an entry that is there to be seen.
    ///
    /// - Throws: `.notFound` for one that listings do not show either.
    func shape(of answer: Edison.EntryAnswer) throws(StoreError) -> Edison.Shape {
        let hasChildren = trees.knowsChildren(of: answer.entry)
        let shape = Edison.Shape(answer, hasChildren: hasChildren)
        shapes.learn(shape, of: answer.entry)
        if let dataset = answer.entry.datasetID { trees.setHome(of: answer.entry.id, to: dataset) }
        guard answer.entry.isShown || hasChildren else {
            throw StoreError(
                .notFound,
                "entry \(answer.entry.id) has no content: its status is “\(answer.entry.status ?? "")”",
                remedy: "Wait until its upload is completed, or upload it again."
            )
        }
        return shape
    }

    /// Adds what belongs to the object: size, version, digests.
    private func tell(
        _ node: inout Node,
        _ answer: Edison.EntryAnswer,
        _ location: Edison.LocationRecord,
        _ key: Edison.ObjectKey,
        until cancellation: Cancellation
    ) throws(StoreError) {
        urls.keep(answer, key)
        var known = urls.facts(of: key)
        let declared = location.declaredSize
        // The object decides where the platform cannot know: one that lies in somebody's bucket, or that no revision
        // names. Elsewhere what is declared is taken, and put right by the first read if it was wrong.
        let isVolatile = location.isForeign || key.revision == nil
        // What was declared at the creation may have stayed with an object of a later revision.
        let isDeclared = declared != nil && answer.generation == 0 && answer.version == 0
        if isVolatile || (known == nil && !isDeclared) {
            _ = try Edison.ObjectProbe(transport: client.transport, urls: urls).facts(of: key, until: cancellation)
            known = urls.facts(of: key)
        }
        let version = Edison.EntryVersion(answer, shape: .object, inlineContent: nil)
        node.size = known?.facts.total ?? declared
        let namesObject = isVolatile || known?.hasChanged == true
        let contradicts = known.map { declared != nil && declared != $0.facts.total } ?? false
        node.version =
            version.with(
                etag: namesObject ? known?.facts.digests.etag : nil,
                size: contradicts ? known?.facts.total : nil
            ).version
        if let known { node.attributes.digests = known.facts.digests }
    }

    private static func neverUploaded(_ entry: Edison.EntryRecord) -> StoreError {
        StoreError(
            .corrupt,
            "entry \(entry.id) is a file without any storage location",
            remedy: "Look at it on the platform: its upload was probably never completed."
        )
    }
}
