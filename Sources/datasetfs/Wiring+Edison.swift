internal import DatasetHTTP
internal import DatasetModel
internal import DatasetStores
internal import DatasetSync
internal import Logging

extension Wiring {
    /// The Edison platform or a server with its API: credentials, one transport, retries.
    static func edison(
        _ settings: StoreSettings,
        endpoint: String?,
        dataset: String?,
        logger: Logger
    ) throws(StoreError) -> WiredStore {
        var options = Edison.Options()
        if let endpoint { options.baseURL = endpoint }
        options.dataset = dataset
        options.datasets = settings.datasets
        options.entries = settings.entries
        options.includesShared = settings.includesShared
        options.userID = settings.user
        let credentials = try Edison.Credentials.find(
            environment: settings.environment, file: settings.apiKeyFile)
        let transport: CurlTransport
        do throws(HTTPError) {
            transport = try CurlTransport(
                TransportConfiguration(version: Datasetfs.version))
        } catch {
            throw StoreError(.localFailure, "no transfers can be made: \(error.message)")
        }
        let note: @Sendable (HTTPRequest, RetryPolicy.Outcome, Duration) -> Void = { request, _, delay in
            logger.info(
                "request repeated",
                metadata: ["url": "\(Redaction.url(request.url, isSecret: request.isSecretURL))", "after_seconds": "\(delay.inSeconds)"])
        }
        let retrying = RetryingTransport(transport, onRetry: note)
        let store = try Edison.Store(options: options, credentials: credentials, transport: retrying)
        return WiredStore(store: store, transport: transport, statistics: transport.statistics)
    }
}
