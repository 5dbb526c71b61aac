internal import DatasetModel
internal import DatasetSync
internal import Logging

/// One command's talk with one store, without a mount.
struct StoreSession {
    let wired: Wiring.WiredStore
    /// As `datasetfs mount` takes it.
    let name: String
    private let deadline: Double

    var store: any Store { wired.store }

    init(_ name: String, _ options: PlaceOptions) throws(Failure) {
        let settings = try StoreSettings(
            typed: name,
            options: options.store,
            configuration: try options.configuration(),
            environment: Environment.variables
        )
        self.name = name
        deadline = options.store.deadline
        wired = try Wiring.store(settings, connections: options.store.connections, logger: options.log.logger)
    }

    /// For one call; `--deadline` is about calls, not about uploads.
    var until: Cancellation { Cancellation(deadline: .after(.seconds(deadline))) }

    /// Runs what talks to the store.
    ///
    /// - Throws: What it throws, as the end of a command.
    func run<Answer>(_ work: (any Store) throws(StoreError) -> Answer) throws(Failure) -> Answer {
        do throws(StoreError) {
            return try work(store)
        } catch {
            throw Failure(error)
        }
    }

    /// Something the store can do besides, or the sentence that it cannot.
    ///
    /// - Parameter what: Completes it: `be searched`.
    func power<Power>(_ power: KeyPath<StorePowers, Power?>, _ what: String) throws(Failure) -> Power {
        guard let power = store.powers[keyPath: power] else {
            throw Failure(.failed, "\(store.traits.displayName) cannot \(what).")
        }
        return power
    }

    func close() { wired.shutDown() }
}
