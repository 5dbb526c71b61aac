internal import DatasetStores

/// One store as flags and configuration describe it, its name resolved to an address.
struct StoreSettings {
    let address: StoreAddress
    let apiKeyFile: String?
    let datasets: [String]
    let entries: [String]
    let includesShared: Bool
    let user: String?
    let environment: [String: String]

    init(
        typed: String,
        options: StoreOptions,
        configuration: Configuration,
        environment: [String: String]
    ) throws(Failure) {
        try Self.checkRest(typed, configuration)
        let parsed = try Self.parse(typed)
        var configured: Configuration.Store?
        if case .named(let name) = parsed {
            guard let found = configuration.stores[name] else {
                let known = configuration.stores.keys.sorted().map { "\($0):" }.joined(separator: ", ")
                throw Failure(
                    .failed,
                    "“\(name):” is no store. Known are edison:, edison+http://HOST:PORT, file:DIR and memory:"
                        + (known.isEmpty ? "; no config.yaml names others." : ", and from config.yaml \(known).")
                )
            }
            configured = found
            address = try Self.parse(found.address)
            if case .named = address {
                throw Failure(
                    .failed,
                    "the address of “\(name)” in config.yaml names another store; write it out there."
                )
            }
        } else {
            address = parsed
        }
        let directory = Paths.workingDirectory
        apiKeyFile = (options.apiKeyFile ?? configured?.apiKeyFile).map {
            Paths.absolute(Self.expandingHome($0, environment), from: directory)
        }
        datasets = options.datasets + (configured?.datasets ?? [])
        entries = options.entries + (configured?.entries ?? [])
        includesShared = options.includeShared || configured?.includeShared == true
        user = options.user ?? configured?.user
        self.environment = environment
    }

    /// Where the key comes from, not the key.
    var keySource: String {
        apiKeyFile.map { "from the file \($0)" } ?? "from the environment"
    }

    /// All that decides what the store lists at its root; in whatever order it was given.
    var rootChoices: String {
        [
            "datasets \(Set(datasets).sorted())", "entries \(Set(entries).sorted())", "shared \(includesShared)",
            "user \(user ?? "")",
        ].joined(separator: "; ")
    }

    /// A name from the configuration stands alone.
    private static func checkRest(_ typed: String, _ configuration: Configuration) throws(Failure) {
        let parts = typed.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty, let store = configuration.stores[String(parts[0])] else { return }
        throw Failure(
            .failed,
            "“\(parts[0]):” is a store of config.yaml (\(store.address)) and takes nothing behind its colon. Mount “\(parts[0]):” and look for “\(parts[1])” in it."
        )
    }

    private static func parse(_ text: String) throws(Failure) -> StoreAddress {
        do throws(StoreAddressError) {
            return try StoreAddress(parsing: text, workingDirectory: Paths.workingDirectory)
        } catch {
            throw Failure(.failed, "\(error)")
        }
    }

    private static func expandingHome(_ path: String, _ environment: [String: String]) -> String {
        guard path.hasPrefix("~/"), let home = environment["HOME"] else { return path }
        return home + path.dropFirst(1)
    }
}
