import Hummingbird
import Logging

/// Registers routes and remembers them, so that a known path asked with another method is answered 405, not 404.
struct RouteTable {
    typealias Handler = @Sendable (Request, PlatformContext) async throws -> Response

    let router = Router(context: PlatformContext.self)
    private var methods: [String: Set<HTTPRequest.Method>] = [:]

    mutating func on(_ method: HTTPRequest.Method, _ path: String, use handler: @escaping Handler) {
        methods[path, default: []].insert(method)
        router.on(RouterPath(path), method: method, use: handler)
    }

    mutating func get(_ path: String, use handler: @escaping Handler) { on(.get, path, use: handler) }
    mutating func post(_ path: String, use handler: @escaping Handler) { on(.post, path, use: handler) }
    mutating func patch(_ path: String, use handler: @escaping Handler) { on(.patch, path, use: handler) }
    mutating func put(_ path: String, use handler: @escaping Handler) { on(.put, path, use: handler) }
    mutating func delete(_ path: String, use handler: @escaping Handler) { on(.delete, path, use: handler) }

    /// Refuses every other method on the paths registered so far.
    func refuseOtherMethods() {
        let all: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete]
        for (path, known) in methods {
            for method in all.subtracting(known) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in
                    throw APIError.problem(.methodNotAllowed, "Method Not Allowed")
                }
            }
        }
    }
}

/// Puts every error into the platform's own shape, and what nobody foresaw into a 500 with a line in the log.
struct ErrorShape: RouterMiddleware {
    typealias Context = PlatformContext

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as APIError {
            return try error.response(from: request, context: context)
        } catch let error as StorageError {
            return try error.response(from: request, context: context)
        } catch let error as HTTPError where error.status == .notFound {
            return .json(["detail": "Not Found"], status: .notFound)
        } catch let error as HTTPError {
            return .json(["detail": .string(error.body ?? error.status.reasonPhrase)], status: error.status)
        } catch let error as ConnectionFault {
            throw error
        } catch {
            context.logger.error("request failed", metadata: ["error": .string("\(error)")])
            return .json(["detail": "Internal Server Error"], status: .internalServerError)
        }
    }
}

/// A fault on request that ends the connection instead of answering.
struct ConnectionFault: Error {}
