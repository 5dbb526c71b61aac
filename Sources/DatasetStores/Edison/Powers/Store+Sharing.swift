package import DatasetModel
package import DatasetSync

extension Edison.Store: SharingStore {
    /// `PATCH …/data-entries/{id}` with `share_status` and `permitted_accessors`.
    package func share(_ location: Location, with audience: Audience, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        try cancellation.check(during: "sharing \(location)")
        let id = try entryID(location, "can be shared")
        let (status, users, organizations): (String, [String]?, [String]?) =
            switch audience {
            case .nobody: ("private", nil, nil)
            case .everybody: ("public", nil, nil)
            case .some(let users, let organizations): ("shared", users, organizations)
            }
        func list(_ names: [String]?) -> Edison.JSON { names.map { .array($0.map { .string($0) }) } ?? .null }
        let accessors = Edison.JSON.object([
            Edison.JSON.Member("users", list(users)), Edison.JSON.Member("organizations", list(organizations)),
        ])
        let answer = try client.change(
            id,
            [
                Edison.JSON.Member("share_status", .string(status)),
                Edison.JSON.Member("permitted_accessors", accessors),
            ],
            until: cancellation
        )
        guard answer.entry.share == status else {
            throw StoreError(
                .unsupported,
                "the platform took the change and still says “\(answer.entry.share ?? "nothing")” of entry \(id)",
                remedy: "Share it on the platform itself."
            )
        }
        let node = try entryNode(answer, until: cancellation)
        trees.wrote(answer.entry)
        return node
    }
}
