import DatasetHTTP
import DatasetSync
import DatasetTestSupport

/// A transport that ignores the environment of whoever runs the tests.
func testTransport(_ change: (inout TransportConfiguration) -> Void = { _ in }) throws(HTTPError) -> CurlTransport {
    var configuration = TransportConfiguration(version: "test")
    configuration.proxy = .none
    configuration.trust = .builtIn
    change(&configuration)
    return try CurlTransport(configuration)
}

/// The code of the error that `body` throws; nil when it throws none.
func errorCode(_ body: () throws -> Void) -> HTTPError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? HTTPError)?.code
    }
}

/// How long `body` takes.
func elapsed(_ body: () throws -> Void) rethrows -> Duration {
    let clock = SystemTime()
    let begin = clock.now()
    try body()
    return clock.now() - begin
}
