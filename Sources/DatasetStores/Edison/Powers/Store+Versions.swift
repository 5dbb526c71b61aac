package import DatasetModel
package import DatasetSync

extension Edison.Store: VersionedStore {
    /// `GET …/data-entries/{id}/revisions`; drafts are no revisions yet.
    package func revisions(of location: Location, until cancellation: Cancellation) throws(StoreError) -> [Revision] {
        try cancellation.check(during: "asking for the versions of \(location)")
        let id: String
        switch try Edison.Address(location) {
        case .entry(let entry): id = entry
        case .object: return []
        case .root, .dataset: throw StoreError(.invalid, "\(location) is no file", remedy: "Name a file.")
        }
        let page = try client.revisions(of: id, until: cancellation)
        return page.revisions.filter(\.isPublished).sorted { $0.version > $1.version }.map { record in
            var revision = Revision(id: record.id, number: record.version, isCurrent: record.id == page.current)
            revision.name = record.name
            revision.size = record.contentLength.map { UInt64($0) }
            revision.created = record.published ?? record.created
            revision.author = record.author
            return revision
        }
    }

    /// `GET …/data-entries/{id}?version=` or `?revision_id=`
    package func node(at location: Location, revision: RevisionName, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        try cancellation.check(during: "asking for a version of \(location)")
        let id = try entryID(location, "have versions")
        let answer: Edison.EntryAnswer
        do throws(StoreError) {
            answer = try self.answer(id, revision, until: cancellation)
        } catch {
            guard error.code == .notFound else { throw error }
            throw Self.noRevision(revision, id, error)
        }
        // What it was then says nothing of what it is now.
        let shape = Edison.Shape(answer, hasChildren: false)
        guard shape == .text || shape == .object else {
            throw StoreError(.unsupported, "entry \(id) is no file whose content the platform keeps")
        }
        return try entryNode(answer, shape, until: cancellation)
    }

    private func answer(_ id: String, _ revision: RevisionName, until cancellation: Cancellation)
        throws(StoreError) -> Edison.EntryAnswer
    {
        switch revision {
        case .number(let number):
            guard number >= 0 else { throw Self.noRevision(revision, id) }
            let answer = try client.entry(id, number: number, until: cancellation)
            guard answer.version == number else { throw Self.noRevision(revision, id) }
            return answer
        case .id(let name):
            guard let name = Edison.Identifier.checked(name) else { throw Self.noRevision(revision, id) }
            let answer = try client.entry(id, revision: name, until: cancellation)
            guard answer.shownRevision == name else { throw Self.noRevision(revision, id) }
            return answer
        }
    }

    /// The platform makes no revision of an earlier one: its bytes are read and stored again, on top of the current ones.
    package func restore(_ revision: RevisionName, of location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        let current = try node(at: location, until: cancellation)
        let earlier = try node(at: location, revision: revision, until: cancellation)
        guard let version = current.version else {
            throw StoreError(.unsupported, "\(location) is no file whose content the platform keeps")
        }
        if version == earlier.version { return current }
        let content = Edison.StoredContent(earlier, in: self, until: cancellation)
        return try replace(
            location,
            version: version,
            with: content,
            ledger: Edison.MemoryLedger(),
            until: cancellation
        )
    }

    private static func noRevision(_ revision: RevisionName, _ id: String, _ cause: StoreError? = nil) -> StoreError {
        let name =
            switch revision {
            case .number(let number): "\(number)"
            case .id(let id): "with the id \(Edison.Detail.printable(id, limit: 80))"
            }
        return StoreError(
            .notFound,
            "entry \(id) has no version \(name)",
            remedy: "“datasetfs versions” lists them.",
            httpStatus: cause?.httpStatus,
            requestID: cause?.requestID
        )
    }
}
