package import DatasetModel
package import DatasetSync

extension Edison.Store: RegisteringStore {
    /// `POST …/data-entries` with an `existing_location`.
    package func register(
        _ source: ExistingSource,
        as place: Creation,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try cancellation.check(during: "registering “\(Edison.Detail.printable(place.name, limit: 80))”")
        var creation = place
        creation.kind = .file
        try check(creation)
        guard let home = try self.place(of: place.parent, until: cancellation) else {
            throw StoreError(.unsupported, "“\(Edison.Detail.printable(place.name, limit: 80))” needs a dataset")
        }
        var draft = Edison.EntryDraft(form: .directory, name: place.name, place: home)
        draft.description = place.description
        draft.tags = place.tags
        draft.project = place.project ?? (options.projects.count == 1 ? options.projects[0] : nil)
        try Self.fill(&draft, from: source)
        let record = Edison.UploadRecord(ledger, time: time) { $0.target == nil }
        let answer = try maker(record, until: cancellation).make(draft)
        let node = try entryNode(answer, until: cancellation)
        trees.wrote(answer.entry, in: home.dataset)
        return node
    }

    private static func fill(_ draft: inout Edison.EntryDraft, from source: ExistingSource) throws(StoreError) {
        switch source {
        case .bucket(let name, let prefix):
            let facts = [("bucket_name", name)] + (prefix.map { [("prefix", $0)] } ?? [])
            draft.form = .registered(existing("gcs", "directory", facts))
        case .tableRow(let table, let row):
            draft.form = .registered(existing("pg_table", "text", [("table_name", table), ("row_id", row)]))
        case .bigQuery(let project, let dataset, let table):
            let facts = [("project_id", project), ("dataset_id", dataset), ("table_id", table)]
            draft.form = .registered(existing("bigquery", "bq_table", facts))
        case .link(let url, let instructions, let metadata):
            guard Edison.isURL(url) else {
                throw StoreError(
                    .invalid,
                    "“\(Edison.Detail.printable(url, limit: 80))” is no absolute URL",
                    remedy: "Write it out, with its scheme."
                )
            }
            draft.form = .link(target: url)
            draft.instructions = instructions
            draft.metadata = metadata.sorted { $0.key < $1.key }.map { Edison.JSON.Member($0.key, .string($0.value)) }
        }
    }

    private static func existing(_ storage: String, _ content: String, _ facts: [(String, String)]) -> Edison.JSON {
        .object([
            Edison.JSON.Member("storage_type", .string(storage)),
            Edison.JSON.Member("content_type", .string(content)),
            Edison.JSON.Member("metadata", .object(facts.map { Edison.JSON.Member($0.0, .string($0.1)) })),
        ])
    }
}
