internal import DatasetHTTP
internal import DatasetModel
internal import DatasetSync

extension Edison.Client {
    /// Revisions asked for at once. Each comes with its whole text, of up to 10 MiB: the platform would give a hundred.
    private static let revisionsPerPage = 20
    /// So many are shown at most: a file that a program saves every minute has thousands.
    private static let revisionLimit = 10_000

    /// `GET /v0.1/data-storage/data-entries/{id}/revisions`, all pages, in no certain order.
    ///
    /// - Throws: `.unsupported` where the platform keeps no history.
    @available(*, noasync, message: "this waits for the network")
    func revisions(of id: String, until cancellation: Cancellation) throws(StoreError) -> Edison.RevisionPage {
        var all = Edison.RevisionPage(revisions: [])
        var known: Set<String> = []
        while all.revisions.count < Self.revisionLimit {
            let offset = all.revisions.count
            let call = Edison.Call(
                method: .get,
                path: "\(Edison.Call.storage)/data-entries/\(id)/revisions",
                query: [
                    (name: "limit", value: String(Self.revisionsPerPage)), (name: "offset", value: String(offset)),
                ],
                title: "GET revisions of entry \(id)",
                isIdempotent: true
            )
            let page = try answer(call, until: cancellation, Edison.RevisionPage.init)
            all.current = page.current ?? all.current
            // A history that grows while it is read, or a platform without paging, shows some of them twice.
            let fresh = page.revisions.filter { known.insert($0.id).inserted }
            all.revisions += fresh
            if page.revisions.count < Self.revisionsPerPage || fresh.isEmpty { break }
        }
        return all
    }
}
