internal import ArgumentParser

/// What every command takes that talks to a store without a mount.
struct PlaceOptions: ParsableArguments {
    @Flag(help: "As JSON.")
    var json = false

    @OptionGroup(title: "Store options") var store: StoreOptions
    @OptionGroup(title: "Logging") var log: LogOptions

    func configuration() throws(Failure) -> Configuration {
        try Configuration.load(explicit: store.config, paths: Paths(environment: Environment.variables))
    }

    func place(_ typed: String) throws(Failure) -> TypedPlace { try TypedPlace(typed, configuration()) }

    /// Opens the place's store for one piece of work.
    func with(_ typed: String, _ work: (StoreSession, TypedPlace) throws -> Void) throws {
        let place = try place(typed)
        let session = try StoreSession(place.store, self)
        defer { session.close() }
        try work(session, place)
    }
}

enum PlaceHelp {
    static let place = ArgumentHelp(
        "edison:DATASET/PATH, edison+http://HOST:PORT#DATASET/PATH, NAME:PATH, file:DIR, or a path on a mount. A dataset or entry may be named by its id.",
        valueName: "place"
    )

    /// For the end of each command's help.
    static let exitStatus = """
        Exit status 0 when it is done, 1 when it cannot be, 2 when the store refuses the credentials or the right, 3 when \
        it cannot be reached, 64 for wrong usage.
        """
}
