package import DatasetModel
package import DatasetSync

extension Edison.Store: SearchableStore {
    /// `POST …/search`; hits that listings would not show are left out.
    package func search(_ query: SearchQuery, after cursor: Cursor?, until cancellation: Cancellation)
        throws(StoreError) -> SearchPage
    {
        try cancellation.check(during: "searching")
        let offset = cursor.map { Int($0.rawValue) ?? -1 } ?? 0
        guard offset >= 0 else { throw StoreError(.invalid, "the cursor is none of this store's") }
        let limit = min(max(query.pageSize, 1), options.searchPage, options.searchWindow - offset)
        guard limit > 0 else { return SearchPage(hits: []) }
        var criteria = query.criteria.map(Edison.Criterion.init)
        // Among others one of which is enough, this would find the whole dataset.
        if let dataset = options.dataset, !query.matchesAny { criteria.append(.equals("dataset_id", dataset)) }
        let page = try client.search(
            criteria,
            any: query.matchesAny,
            text: query.text,
            limit: limit,
            offset: offset,
            until: cancellation
        )
        let owners = query.isOwnOnly ? try ownNames(until: cancellation) : []
        var hits: [SearchHit] = []
        for (record, score) in zip(page.records, page.scores) where isWanted(record, owners) {
            hits.append(SearchHit(node: listedNode(record), score: score))
        }
        let isLast = page.count < limit || offset + limit >= options.searchWindow
        return SearchPage(hits: hits, next: isLast ? nil : Cursor(String(offset + limit)))
    }

    private func isWanted(_ record: Edison.EntryRecord, _ owners: [String]) -> Bool {
        if let dataset = options.dataset, record.tellsDataset, record.datasetID != dataset { return false }
        if !owners.isEmpty, let owner = record.owner, !owners.contains(owner) { return false }
        return record.isShown && !roots.remaining([record.id]).isEmpty
    }

    /// What may stand for this account as an owner; empty when nothing is known.
    private func ownNames(until cancellation: Cancellation) throws(StoreError) -> [String] {
        if let user = roots.user { return [user] }
        return Edison.TokenClaims(try client.session.token(until: cancellation).value.value)?.users ?? []
    }

    /// A record as a listing shows it.
    func listedNode(_ record: Edison.EntryRecord, hasChildren: Bool? = nil) -> Node {
        let guess = Edison.Shape.guess(record, hasChildren: hasChildren ?? trees.knowsChildren(of: record))
        let isDirectory = guess.isCertain && guess.shape == .directory
        let shape = isDirectory ? guess.shape : shapes.shape(of: record) ?? guess.shape
        return Edison.NodeBuilder.node(record, shape)
    }
}

extension Edison.Criterion {
    init(_ criterion: SearchCriterion) {
        let value: Edison.JSON =
            switch criterion.value {
            case .text(let text): .string(text)
            case .texts(let texts): .array(texts.map { .string($0) })
            case .flag(let flag): .bool(flag)
            }
        self.init(field: criterion.field, operation: criterion.operation.rawValue, value: value)
    }
}
