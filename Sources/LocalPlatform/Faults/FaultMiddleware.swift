import Hummingbird

/// Lets the faults in force strike; the operator's own routes are spared.
struct FaultMiddleware: RouterMiddleware {
    typealias Context = PlatformContext

    let faults: FaultInjector
    let traffic: Traffic

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        guard !path.hasPrefix("/admin"), let effect = faults.effect(method: request.method.rawValue, path: path) else {
            return try await next(request, context)
        }
        if let delay = effect.delayMilliseconds { try await Task.sleep(for: .milliseconds(delay)) }
        if let place = effect.resetAt, place < 0 {
            SocketReset.resetConnection(fromPort: context.clientPort)
            throw ConnectionFault()
        }
        var response: Response
        if let instead = substitute(effect) {
            response = instead
        } else {
            response = try await next(request, context)
        }
        if effect.touchesBody {
            let body = response.body
            response.body = ResponseBody(contentLength: body.contentLength) { writer in
                if let wait = effect.firstByteMilliseconds { try await Task.sleep(for: .milliseconds(wait)) }
                try await body.write(FaultyWriter(parent: writer, effect: effect, clientPort: context.clientPort))
            }
        }
        return response
    }

    private func substitute(_ effect: FaultEffect) -> Response? {
        if effect.endless { return endless() }
        if effect.garbage {
            return Response(
                status: .ok,
                headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: "{\"data_storage\": [\u{0}<html>,,"))
            )
        }
        guard let status = effect.status else { return nil }
        let text = effect.body ?? #"{"detail":"fault on request"}"#
        var response = Response(
            status: HTTPResponse.Status(code: status),
            headers: [.contentType: text.hasPrefix("<") ? "application/xml" : "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
        if let wait = effect.retryAfter { response.set("Retry-After", wait) }
        return response
    }

    private func endless() -> Response {
        let chunk = ByteBuffer(repeating: UInt8(ascii: "["), count: 64 << 10)
        let traffic = traffic
        return Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: ResponseBody { writer in
                while true {
                    try await writer.write(chunk)
                    traffic.sent(chunk.readableBytes)
                }
            }
        )
    }
}
