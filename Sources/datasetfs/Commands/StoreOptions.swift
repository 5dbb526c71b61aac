internal import ArgumentParser

/// What every command that talks to a store takes.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "File that holds the API key; only its owner may read it. Without it the key comes from the environment (EDISON_PLATFORM_API_KEY).",
            valueName: "file"
        )
    )
    var apiKeyFile: String?

    @Option(
        name: .customLong("dataset"),
        help: ArgumentHelp("Always list this dataset. May be repeated.", valueName: "id")
    )
    var datasets: [String] = []

    @Option(name: .customLong("entry"), help: ArgumentHelp("Always list this entry. May be repeated.", valueName: "id"))
    var entries: [String] = []

    @Flag(help: "List what others share with you or publish, not only your own.")
    var includeShared = false

    @Option(help: ArgumentHelp("Your user id at the store, where the token does not tell it.", valueName: "id"))
    var user: String?

    @Option(
        help: ArgumentHelp(
            "Configuration file (default: $XDG_CONFIG_HOME/datasetfs/config.yaml, then /etc/datasetfs/config.yaml).",
            valueName: "file"
        )
    )
    var config: String?

    @Option(help: ArgumentHelp("How long one operation may take before it fails.", valueName: "seconds"))
    var deadline: Double = 60

    @Option(
        help: ArgumentHelp("Transfers ahead of readers at once, each on its own connection.", valueName: "number")
    )
    var connections: Int = 8

    func validate() throws {
        guard deadline > 0, deadline.isFinite, deadline <= 86_400 else {
            throw ValidationError("--deadline takes seconds, more than 0 and at most 86400.")
        }
        guard (1...64).contains(connections) else { throw ValidationError("--connections takes 1 to 64.") }
    }
}
