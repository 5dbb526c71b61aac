internal import DatasetModel
internal import DatasetSync

extension Edison.Store {
    /// Entries whose search hit does not tell their dataset, and loose entries, are asked for one by one up to here.
    private static let questions = 256

    func rootChildren(until cancellation: Cancellation) throws(StoreError) -> [Node] {
        try refreshFound(until: cancellation)
        let found = roots.found
        let datasets = roots.remaining(Self.united(options.datasets, found.datasets + roots.opened))
        let entries = roots.remaining(Self.united(options.entries, found.entries))
        let directories = try datasetNodes(datasets, until: cancellation)
        let loose = try entryNodes(entries, until: cancellation)
        return directories + loose
    }

    private static func united(_ first: [String], _ second: [String]) -> [String] {
        var known = Set<String>()
        return (first + second).filter { known.insert($0).inserted }
    }

    /// Searches again. A search that the platform cannot do leaves what is known: what was not found is not gone.
    private func refreshFound(until cancellation: Cancellation) throws(StoreError) {
        guard options.searches else { return }
        let enumeration = Edison.Enumeration(client: client, options: options)
        do throws(StoreError) {
            let own = try Edison.OwnEntries(enumeration: enumeration, roots: roots).all(until: cancellation)
            let (datasets, entries, isWhole) = try sorted(own.records, until: cancellation)
            let opened = roots.opened
            // What was found before may be behind a hit that cannot be read now: it is not gone.
            let before = own.isDamaged ? roots.found : (datasets: roots.lost(datasets), entries: [])
            roots.found = (Self.united(datasets, opened + before.datasets), Self.united(entries, before.entries))
            roots.note = own.note ?? (isWhole ? nil : Edison.OwnEntries.incomplete)
        } catch {
            guard Self.concernsSearchAlone(error) else { throw error }
            let found = roots.found
            let isEmpty = found.datasets.isEmpty && found.entries.isEmpty
            if isEmpty, options.datasets.isEmpty, options.entries.isEmpty {
                var refusal = error
                refusal.remedy = "Name datasets or entries in the configuration: they are listed without a search."
                throw refusal
            }
            roots.note = "the search does not work, only what is named or was found before is listed: \(error.message)"
        }
    }

    /// The platform answered, and the way to it is open: other calls may work.
    private static func concernsSearchAlone(_ error: StoreError) -> Bool {
        switch error.code {
        case .invalid, .unsupported, .forbidden, .notFound, .serverFailure, .corrupt, .throttled, .tooLarge: true
        default: false
        }
    }

    /// Datasets and entries outside of any, in the order of creation.
    private func sorted(_ records: [Edison.EntryRecord], until cancellation: Cancellation)
        throws(StoreError) -> (datasets: [String], entries: [String], isWhole: Bool)
    {
        let ordered = records.sorted(by: Edison.Tree.precedes)
        let untold = ordered.filter { !$0.tellsDataset }
        let answers = try crew.map(Array(untold.prefix(Self.questions)), until: cancellation) { [client] record in
            (try? client.entry(record.id, until: cancellation))?.entry
        }
        var told: [String: Edison.EntryRecord] = [:]
        for answer in answers { if let answer { told[answer.id] = answer } }

        var datasets: [String] = []
        var entries: [String] = []
        var known = Set<String>()
        for hit in ordered {
            guard let record = hit.tellsDataset ? hit : told[hit.id] else { continue }
            if let dataset = record.datasetID {
                if known.insert(dataset).inserted { datasets.append(dataset) }
            } else if record.parentID == nil {
                entries.append(record.id)
            }
        }
        return (datasets, entries, untold.count <= Self.questions)
    }

    /// One question per dataset and minute: nothing else tells its name.
    private func datasetNodes(_ ids: [String], until cancellation: Cancellation) throws(StoreError) -> [Node] {
        let outcomes = try crew.map(ids, until: cancellation) { [roots, client, time] id in
            if let known = roots.name(of: id, at: time.now()) { return Result<_, StoreError>.success(known) }
            return Result { () throws(StoreError) in try client.datasetFacts(id, until: cancellation) }
        }
        var nodes: [Node] = []
        for (id, outcome) in zip(ids, outcomes) {
            switch outcome {
            case .success(let record):
                if roots.name(of: id, at: time.now()) == nil {
                    roots.keep(record, until: time.now() + Edison.RootMemory.nameLifetime)
                }
                nodes.append(directory(record))
            case .failure(let error):
                if error.code == .notFound {
                    roots.forget(dataset: id)
                } else if Self.concernsSearchAlone(error) {
                    // It must not vanish because its name could not be learnt.
                    let record = roots.name(of: id, at: nil) ?? Edison.DatasetRecord(id: id, name: id)
                    nodes.append(directory(record))
                } else {
                    throw error
                }
            }
        }
        return nodes
    }

    private func entryNodes(_ ids: [String], until cancellation: Cancellation) throws(StoreError) -> [Node] {
        let asked = Array(ids.prefix(Self.questions))
        let outcomes = try crew.map(asked, until: cancellation) { [client] id in
            Result { () throws(StoreError) in try client.entry(id, until: cancellation) }
        }
        if asked.count < ids.count { roots.note = Edison.OwnEntries.incomplete }
        var nodes: [Node] = []
        for outcome in outcomes {
            switch outcome {
            case .success(let answer):
                guard let shape = try? shape(of: answer) else { continue }
                let inline = Edison.NodeBuilder.inlineContent(answer, shape)
                nodes.append(Edison.NodeBuilder.node(answer, shape, inlineContent: inline))
            case .failure(let error):
                if !Self.concernsSearchAlone(error) { throw error }
            }
        }
        return nodes
    }
}
