internal import DatasetModel
internal import DatasetSync

/// What a store is asked before it is mounted.
enum Greeting {
    /// Asks for what was named by `--dataset`, `--entry` or the configuration: a typing error shows nowhere else.
    ///
    /// - Returns: A warning that names what the store does not have; nil when it has all, or cannot say.
    static func unknownNames(in settings: StoreSettings, _ store: any Store, within limit: Duration) -> String? {
        let cancellation = Cancellation(deadline: .after(limit))
        let named = settings.datasets.map { ("dataset", $0) } + settings.entries.map { ("entry", $0) }
        let missing = named.prefix(mostQuestions).filter { _, id in
            do throws(StoreError) {
                _ = try store.child(named: id, of: .root, until: cancellation)
                return false
            } catch {
                return error.code == .notFound
            }
        }
        guard !missing.isEmpty else { return nil }
        let list = missing.map { "\($0) “\($1)”" }.joined(separator: ", ")
        return
            "\(store.traits.displayName) has no \(list): look for a typing error, or ask its owner to share it. The rest is mounted."
    }

    private static let mostQuestions = 50
}
