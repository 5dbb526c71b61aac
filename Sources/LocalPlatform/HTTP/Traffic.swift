import Hummingbird
import Synchronization

/// Counts requests by route, and bytes of bodies sent.
final class Traffic: Sendable {
    private struct State {
        var requests: [String: Int] = [:]
        var bytesSent = 0
    }

    private let state = Mutex(State())

    func request(_ route: String) {
        state.withLock { $0.requests[route, default: 0] += 1 }
    }

    func sent(_ count: Int) {
        state.withLock { $0.bytesSent += count }
    }

    func reset() {
        state.withLock { $0 = State() }
    }

    var json: JSONValue {
        let snapshot = state.withLock { $0 }
        let requests = snapshot.requests.sorted { $0.key < $1.key }
        return [
            "requests": .object(requests.map { .init(key: $0.key, value: .int($0.value)) }),
            "bytes_sent": .int(snapshot.bytesSent),
        ]
    }

    /// The route a path belongs to, with identifiers taken out, so that counters do not grow with the data.
    static func route(_ method: String, _ path: String) -> String {
        let pieces = path.split(separator: "/", omittingEmptySubsequences: true)
        var shown: [String] = []
        for (index, piece) in pieces.enumerated() {
            let parent = index > 0 ? pieces[index - 1] : ""
            let isName = [
                "data-entries", "datasets", "workspaces", "projects", "objects", "uploads", "sessions", "parts",
            ]
            .contains(parent)
            let isNumber = index > 1 && pieces[index - 2] == "parts"
            shown.append(isName ? "{id}" : isNumber ? "{number}" : String(piece))
        }
        return method + " /" + shown.joined(separator: "/")
    }
}

/// Feeds `Traffic`; downloads of objects count their own bytes as they go out.
struct TrafficCounter: RouterMiddleware {
    typealias Context = PlatformContext

    let traffic: Traffic

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        guard !path.hasPrefix("/admin") else { return try await next(request, context) }
        traffic.request(Traffic.route(request.method.rawValue, path))
        let response = try await next(request, context)
        if !path.hasPrefix("/storage/objects/") || response.status.code >= 300 {
            traffic.sent(response.body.contentLength ?? 0)
        }
        return response
    }
}
