package import DatasetSync

/// What is the same for every transfer of one ``CurlTransport``.
package struct TransportConfiguration: Sendable {
    package enum Proxy: Sendable, Equatable {
        /// `https_proxy`, `HTTPS_PROXY`, `http_proxy`, `all_proxy`, `no_proxy` and so on, as libcurl reads them. It does not
        /// read `HTTP_PROXY` in capitals, which a CGI server's client could set.
        case fromEnvironment
        case none
        case at(String)
    }

    /// Shown to servers as `datasetfs/<version>`.
    package var version: String
    /// Most time to find the host, connect and shake hands.
    package var connectTimeout: Duration = .seconds(10)
    /// Transfers beyond this many connections to one host wait their turn.
    package var connectionsPerHost: Int = 16
    /// Idle connections kept for the next transfer.
    package var idleConnections: Int = 32
    package var proxy: Proxy = .fromEnvironment
    package var trust: TrustAnchors = .ofProcess()
    /// Where deadlines and stalls are read off.
    package var time: any TimeSource = SystemTime()

    package init(version: String = "development") {
        self.version = version
    }
}
