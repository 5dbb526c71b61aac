import DatasetHTTP
import DatasetSync

/// A transport that ignores the environment of whoever runs the tests.
func testTransport(_ change: (inout TransportConfiguration) -> Void = { _ in }) throws(HTTPError)
    -> CurlTransport
{
    var configuration = TransportConfiguration(version: "test")
    configuration.proxy = .none
    configuration.trust = .builtIn
    change(&configuration)
    return try CurlTransport(configuration)
}
