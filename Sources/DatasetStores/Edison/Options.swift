internal import DatasetModel

extension Edison {
    /// What a person decides about a mounted Edison account.
    package struct Options: Sendable {
        package static let production = "https://api.platform.edisonscientific.com"

        package var baseURL = Options.production
        /// Datasets that are always listed, by id; also the ones that no search finds.
        package var datasets: [String] = []
        /// Entries that are always listed at the root, by id or alias.
        package var entries: [String] = []
        /// Show what belongs to these projects, whoever owns it, instead of what belongs to the account.
        package var projects: [String] = []
        /// Show only this dataset: its entries are the root.
        package var dataset: String?
        /// Look for datasets and entries with the platform's search; without it only the named ones are listed.
        package var searches = true
        /// Also show what others share with everybody.
        package var includesShared = false
        /// The account's user id, as in the entries' `user_id`; learnt from the platform when it is not given.
        package var userID: String?
        /// How far a search can be paged through. Elasticsearch, behind it, refuses more than 10 000 by default.
        package var searchWindow = 10_000
        /// Hits asked for at once; the platform allows 1000.
        package var searchPage = 1000

        package init() {}

        /// The same with every id in the form of the API's paths.
        ///
        /// - Throws: `.invalid` naming the option that holds no id.
        func checked() throws(StoreError) -> Options {
            var checked = self
            checked.datasets = try Self.ids(datasets, "dataset")
            checked.entries = try Self.ids(entries, "entry")
            checked.projects = try Self.ids(projects, "project")
            checked.dataset = try dataset.map { text throws(StoreError) in try Self.ids([text], "dataset")[0] }
            checked.searchWindow = max(searchWindow, 1)
            checked.searchPage = min(max(searchPage, 1), 1000, checked.searchWindow)
            return checked
        }

        private static func ids(_ texts: [String], _ what: String) throws(StoreError) -> [String] {
            var ids: [String] = []
            for text in texts {
                guard let id = Identifier.checked(Identifier.withoutScheme(text)) else {
                    throw StoreError(
                        .invalid,
                        "“\(text)” is no id of a \(what)",
                        remedy: "Give the id as the platform shows it."
                    )
                }
                if !ids.contains(id) { ids.append(id) }
            }
            return ids
        }
    }
}
