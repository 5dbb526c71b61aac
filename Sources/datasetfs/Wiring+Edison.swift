internal import DatasetHTTP
internal import DatasetModel
internal import DatasetStores
internal import DatasetSync
internal import DatasetVFS
internal import Logging

extension Wiring {
    /// The Edison platform or a server with its API: credentials, one transport, retries.
    static func edison(
        _ settings: StoreSettings,
        endpoint: String?,
        dataset: String?,
        connections: Int,
        logger: Logger
    ) throws(StoreError) -> WiredStore {
        var options = Edison.Options()
        if let endpoint { options.baseURL = endpoint }
        options.dataset = dataset
        options.datasets = settings.datasets
        options.entries = settings.entries
        options.includesShared = settings.includesShared
        options.userID = settings.user
        let credentials = try Self.credentials(settings)
        let transport: CurlTransport
        do throws(HTTPError) {
            var configuration = TransportConfiguration(version: Datasetfs.version)
            // A few more than read ahead: who waits for a block or a name does not queue behind what nobody waits for yet.
            // What is published has as many besides.
            configuration.connectionsPerHost = connections + 4 + VirtualFileSystem.uploads
            transport = try CurlTransport(configuration)
        } catch {
            throw StoreError(.localFailure, "no transfers can be made: \(error.message)")
        }
        let note: @Sendable (HTTPRequest, RetryPolicy.Outcome, Duration) -> Void = { request, _, delay in
            logger.info(
                "request repeated",
                metadata: [
                    "url": "\(Redaction.url(request.url, isSecret: request.isSecretURL))",
                    "after_seconds": "\(delay.inSeconds)",
                ]
            )
        }
        let retrying = RetryingTransport(transport, onRetry: note)
        let store = try Edison.Store(options: options, credentials: credentials, transport: retrying)
        return WiredStore(store: store, transport: transport, statistics: transport.statistics)
    }

    /// What opens the platform. However it cannot be had, nobody can log in: the exit status is that of refused credentials.
    private static func credentials(_ settings: StoreSettings) throws(StoreError) -> Edison.Credentials {
        let variables = [Edison.Credentials.keyVariable, Edison.Credentials.tokenVariable]
        do throws(StoreError) {
            return try .find(environment: settings.environment, file: settings.apiKeyFile)
        } catch {
            var refusal = error
            refusal.code = .unauthenticated
            if settings.apiKeyFile == nil, variables.allSatisfy({ settings.environment[$0, default: ""].isEmpty }) {
                refusal.remedy =
                    "Set \(Edison.Credentials.keyVariable), or name a file that holds the key with --api-key-file."
            }
            throw refusal
        }
    }
}
