internal import DatasetHTTP
internal import DatasetModel
internal import DatasetSync

extension Edison.Client {
    /// `GET /v0.1/organizations?filter=True`: what the platform's own client asks to check credentials.
    ///
    /// The answer itself does not matter: whatever comes after the login was accepted shows that the platform is there.
    ///
    /// - Throws: A refusal of the credentials, or that the platform cannot be reached.
    @available(*, noasync, message: "this waits for the network")
    func checkAccount(until cancellation: Cancellation) throws(StoreError) {
        let call = Edison.Call(
            method: .get,
            path: "/v0.1/organizations",
            query: [(name: "filter", value: "True")],
            title: "GET organizations",
            isIdempotent: true
        )
        do throws(StoreError) {
            _ = try send(call, until: cancellation)
        } catch {
            switch error.code {
            case .unauthenticated, .untrusted, .interrupted, .localFailure: throw error
            case _ where error.code.isConnectivity && error.code != .serverFailure && error.code != .throttled:
                throw error
            default: break
            }
        }
    }
}
