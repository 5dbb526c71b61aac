internal import ArgumentParser
internal import DatasetModel

/// `datasetfs search STORE [WORDS…]`.
struct Search: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find entries by words and by what is said of them.",
        discussion: """
            Words are looked for in names, descriptions and texts. --where takes “FIELD OPERATOR VALUE”, with the operators \
            equals, contains, fulltext, starts_with, ends_with, greater_than, less_than, between and in; the last two take \
            several values with commas between. Fields are the store's own: name, description, content, tags, status, \
            user_id, dataset_id, project_id.

              datasetfs search edison: solubility of salts
              datasetfs search edison: --where 'name ends_with .csv' --where 'tags equals raw'
              datasetfs search edison: --where 'created_at between 2026-01-01,2026-02-01' --limit 500

            The index behind it is late: what was made a moment ago may be missing. Of a mounted store, \
            “.datasetfs/search/WORDS/” shows the same.

            Exit status as of the other commands; 0 also when nothing is found.
            """
    )

    @Argument(help: ArgumentHelp("The store, or a path on a mount of it.", valueName: "store"))
    var store: String

    @Argument(help: ArgumentHelp("Words to look for.", valueName: "words"))
    var words: [String] = []

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("A condition. May be repeated; all have to hold.", valueName: "condition")
    )
    var conditions: [CriterionText] = []

    @Flag(help: "One of the conditions is enough.")
    var any = false

    @Flag(help: "Leave out what belongs to others.")
    var own = false

    @Option(help: ArgumentHelp("Show at most so many.", valueName: "number"))
    var limit: Int = 20

    @OptionGroup var options: PlaceOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit takes 1 or more.") }
    }

    func run() throws {
        try options.with(store) { session, _ in
            let searcher = try session.power(\.search, "be searched")
            var query = SearchQuery(text: words.isEmpty ? nil : words.joined(separator: " "))
            query.criteria = conditions.map(\.criterion)
            query.matchesAny = any
            query.isOwnOnly = own
            query.pageSize = min(limit, 1000)
            let hits = try session.run { _ throws(StoreError) in
                var hits: [SearchHit] = []
                var cursor: Cursor?
                repeat {
                    let page = try searcher.search(query, after: cursor, until: session.until)
                    hits += page.hits
                    cursor = page.next
                } while cursor != nil && hits.count < limit
                return Array(hits.prefix(limit))
            }
            if options.json { return try Console.json(hits.map { NodeRow($0.node, score: $0.score) }) }
            for hit in hits { Console.output(NodeText.line(hit.node)) }
        }
    }
}

/// `name contains salt`
struct CriterionText: ExpressibleByArgument {
    let criterion: SearchCriterion

    init?(argument: String) {
        let parts = argument.split(separator: " ", maxSplits: 2).map(String.init)
        guard parts.count == 3, let operation = SearchCriterion.Operation(rawValue: parts[1].lowercased()) else {
            return nil
        }
        let value: SearchCriterion.Value =
            switch operation {
            case .between, .in: .texts(parts[2].split(separator: ",").map(String.init))
            default: ["true", "false"].contains(parts[2]) ? .flag(parts[2] == "true") : .text(parts[2])
            }
        if operation == .between, case .texts(let ends) = value, ends.count != 2 { return nil }
        criterion = SearchCriterion(parts[0], operation, value)
    }
}
