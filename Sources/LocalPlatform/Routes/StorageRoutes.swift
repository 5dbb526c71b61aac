import GRDB
import Hummingbird

/// The object store behind signed URLs: downloads, and the uploads of the older protocol.
struct StorageRoutes {
    let platform: Platform

    func register(_ table: inout RouteTable) {
        for method in [HTTPRequest.Method.get, .head] {
            table.on(method, "/storage/objects/:object") { request, context in
                try await download(request, context, object: context.parameters.require("object"))
            }
        }
        let sessions = SessionRoutes(platform: platform)
        table.post("/storage/uploads/:object") { try await sessions.start($0, $1.parameters.require("object")) }
        table.put("/storage/sessions/:id") { try await sessions.receive($0, $1.parameters.require("id")) }
    }

    private func download(_ request: Request, _ context: PlatformContext, object: String) async throws -> Response {
        try platform.checkSignature(of: request)
        guard let reference = ObjectReference(urlComponent: object),
            let content = try await platform.content(of: reference)
        else { throw StorageError.noSuchKey }
        let etag = "\"\(content.etag)\""
        if request.header("If-None-Match").map({ $0 == "*" || $0.contains(etag) }) == true {
            return Response(status: .notModified, headers: [.eTag: etag])
        }
        if request.header("If-Match").map({ $0 != "*" && !$0.contains(etag) }) == true {
            throw StorageError(status: .preconditionFailed, code: "PreconditionFailed", message: "ETag does not match.")
        }
        var wanted = RangeHeader(request.headers[.range], size: content.size)
        if let condition = request.header("If-Range"), condition != etag { wanted = .whole }
        var response: Response
        switch wanted {
        case .whole:
            response = answer(content, 0..<content.size, .ok, context)
        case .part(let range):
            response = answer(content, range, .partialContent, context)
            response.set("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(content.size)")
        case .unsatisfiable:
            let error = StorageError(
                status: .rangeNotSatisfiable,
                code: "InvalidRange",
                message: "The requested range cannot be satisfied."
            )
            response = error.response(to: request.method)
            response.set("Content-Range", "bytes */\(content.size)")
        }
        response.set("ETag", etag)
        response.set("Accept-Ranges", "bytes")
        if let hashes = content.hashes { response.set("x-goog-hash", hashes) }
        if let name = request.query("filename") { response.set("Content-Disposition", ContentDisposition.header(name)) }
        return response
    }

    private func answer(
        _ content: ObjectContent,
        _ range: Range<Int>,
        _ status: HTTPResponse.Status,
        _ context: PlatformContext
    ) -> Response {
        let traffic = platform.traffic
        return Response(
            status: status,
            headers: [.contentType: "application/octet-stream"],
            body: range.isEmpty ? ResponseBody() : content.body(range, settle: context.settle) { traffic.sent($0) }
        )
    }
}

extension Platform {
    /// Opens an object; nil when there is none (yet).
    func content(of reference: ObjectReference) async throws -> ObjectContent? {
        let objects = objects
        switch reference {
        case .own(let key):
            guard let record = try await database.read({ try ObjectRecord.find($0, key) }) else { return nil }
            return try await BlockingIO.run { try objects.content(of: record) }
        case .bucket(let name, let path):
            return try await BlockingIO.run { try objects.content(bucket: name, path: path) }
        }
    }

    /// Lets a request to the object store pass.
    ///
    /// - Throws: `StorageError` when the URL's signature is not for this method and path, has expired, or is not the
    ///   only authentication the request brings.
    func checkSignature(of request: Request) throws(StorageError) {
        if request.headers[.authorization] != nil, !settings.acceptBearerWithSignature { throw .twoAuthentications }
        let verdict = signer.verify(
            request.method.rawValue,
            request.uri.path,
            filename: request.query("filename"),
            expires: request.query("Expires"),
            signature: request.query("Signature")
        )
        switch verdict {
        case .valid: return
        case .expired: throw .expired
        case .mismatch: throw .badSignature
        }
    }
}
