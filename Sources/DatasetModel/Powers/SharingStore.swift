package import DatasetSync

/// A store whose things can be shown to other accounts.
package protocol SharingStore: Sendable {
    /// Says who may read a thing from now on; whoever could before and is not among them no longer may.
    ///
    /// - Returns: The thing as the store tells it afterwards.
    /// - Throws: `.unsupported` when the store took the change and does not show it.
    @available(*, noasync, message: "this may wait for the network")
    func share(_ location: Location, with audience: Audience, until cancellation: Cancellation)
        throws(StoreError) -> Node
}

/// Who may read a thing, besides its owner.
package enum Audience: Sendable, Hashable {
    case nobody
    /// - Parameters:
    ///   - users: E-mail addresses.
    ///   - organizations: Ids.
    case some(users: [String], organizations: [String])
    case everybody
}
