import Foundation
import Hummingbird
import Logging

typealias HeaderName = HTTPFields.Element.Name

/// What one request carries beside its message.
struct PlatformContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// By which a fault finds the connection to reset.
    let clientPort: Int?
    /// Waits until the connection has taken in what was written to it. A writer is only held back by a full connection
    /// once the connection has noticed, and one that reads from memory is many megabytes further by then.
    let settle: @Sendable () async -> Void

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        clientPort = source.channel.remoteAddress?.port
        let loop = source.channel.eventLoop
        settle = { try? await loop.submit {}.get() }
    }

    /// For a request that came by no connection.
    init(logger: Logger) {
        coreContext = CoreRequestContextStorage(source: Unconnected(logger: logger))
        clientPort = nil
        settle = {}
    }

    private struct Unconnected: RequestContextSource {
        let logger: Logger
    }
}

extension Request {
    /// A header by a name that has no constant of its own.
    func header(_ name: String) -> String? {
        HeaderName(name).flatMap { headers[$0] }
    }

    func query(_ name: String) -> String? {
        queries(name).first
    }

    /// Every value the query has for a name, form-decoded: a plus sign means a space, as the platform's clients write it.
    func queries(_ name: String) -> [String] {
        (uri.query ?? "").split(separator: "&").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard Self.decoded(parts[0]) == name else { return nil }
            return parts.count > 1 ? Self.decoded(parts[1]) : ""
        }
    }

    private static func decoded(_ text: Substring) -> String {
        let spaced = text.replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? String(spaced)
    }

    /// A whole number of the query, within bounds.
    ///
    /// - Throws: status 422 when it is no number or out of bounds.
    func queryInt(_ name: String, default fallback: Int, in bounds: ClosedRange<Int>) throws(APIError) -> Int {
        guard let text = query(name) else { return fallback }
        guard let number = Int(text) else {
            throw .validation("query", name, message: "Input should be a valid integer", type: "int_parsing")
        }
        guard bounds.contains(number) else {
            throw .validation(
                "query",
                name,
                message: "Input should be between \(bounds.lowerBound) and \(bounds.upperBound)",
                type: "out_of_range"
            )
        }
        return number
    }

    func queryBool(_ name: String) -> Bool {
        ["true", "1", "yes", "on"].contains(query(name)?.lowercased() ?? "")
    }
}

extension Response {
    mutating func set(_ name: String, _ value: String) {
        if let name = HeaderName(name) { headers[name] = value }
    }
}
