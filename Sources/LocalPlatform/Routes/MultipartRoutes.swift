import Foundation
import GRDB
import Hummingbird

/// `…/data-entries/{id}/multipart-upload/initiate` and `…/complete`, and the `PUT` of each part between them.
struct MultipartRoutes {
    let platform: Platform

    func register(_ table: inout RouteTable) {
        guard platform.settings.acceptMultipart else { return }
        let base = EntryRoutes.base + "/:id/multipart-upload"
        table.post(base + "/initiate") { try await initiate($0, id: $1.parameters.require("id")) }
        table.post(base + "/complete") { try await complete($0, id: $1.parameters.require("id")) }
        table.put("/storage/parts/:upload/:number") { request, context in
            let number = try context.parameters.require("number", as: Int.self)
            return try await part(request, upload: context.parameters.require("upload"), number: number)
        }
    }

    private func initiate(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        var body = try await BodyReader(request)
        let hashes = body.strings("part_hashes") ?? []
        if !body.has("part_hashes") { body.problem("part_hashes", "Field required", "missing") }
        if hashes.isEmpty || hashes.count > MultipartUpload.maximumParts {
            body.problem("part_hashes", "List should have 1 to \(MultipartUpload.maximumParts) items", "too_short")
        }
        if !hashes.allSatisfy({ Base64.bytes($0)?.count == 16 }) {
            body.problem("part_hashes", "Each hash should be the base64 text of an MD5")
        }
        try body.check()
        let upload = try await platform.database.write { db in
            let (entry, object) = try uploadable(db, id, by: user)
            let upload = UploadRecord(entryID: entry.id, object: object, hashes: hashes)
            try upload.insert(db)
            return upload
        }
        let folder = platform.objects.uploadFolder(upload.id)
        try await BlockingIO.run {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        let urls = (1...hashes.count).map { number in
            JSONValue.string(platform.signer.url("PUT", "/storage/parts/\(upload.id)/\(number)"))
        }
        return .json(["upload_id": .string(upload.id), "part_urls": .array(urls)])
    }

    /// The entry and the key of the object that is still to come.
    ///
    /// - Throws: `APIError` 409 when the entry takes no upload (any more).
    private func uploadable(_ db: Database, _ id: String, by user: User) throws -> (EntryRecord, String) {
        let entry = try EntryRecord.owned(db, id, by: user)
        guard entry.status == "pending", let object = try LocationRecord.all(db, of: entry.id).first?.object else {
            throw APIError.problem(.conflict, "Data storage entry does not expect an upload")
        }
        return (entry, object)
    }

    private func part(_ request: Request, upload id: String, number: Int) async throws -> Response {
        try platform.checkSignature(of: request)
        guard let upload = try await platform.database.read({ try UploadRecord.find($0, id) }), !upload.isDone,
            (1...upload.hashes.count).contains(number)
        else { throw StorageError.noSuchUpload }
        let claimed = request.header("Content-MD5")
        if let claimed, Base64.bytes(claimed)?.count != 16 { throw StorageError.invalidDigest }
        let final = platform.objects.uploadFolder(id) + "/\(number)"
        let temporary = final + "." + Identifier.make()
        defer { _ = unsafe unlink(temporary) }
        let file = try await BlockingIO.run { try OpenFile(temporary, flags: O_RDWR | O_CREAT | O_EXCL) }
        var sink = UploadSink(file)
        guard try await sink.receive(request.body) else { throw StorageError.incompleteBody }
        let part = MultipartUpload.Part(size: sink.sums.size, md5: sink.sums.md5, crc32c: sink.sums.crc32c)
        let sum = Base64.string(part.md5)
        guard (claimed ?? sum) == sum, upload.hashes[number - 1] == sum else { throw StorageError.badDigest }
        try await BlockingIO.run {
            try file.synchronize()
            guard unsafe rename(temporary, final) == 0 else {
                throw FileError(call: "rename", path: final, code: errno)
            }
        }
        try await platform.database.write { try upload.store(part, number: number, $0) }
        var response = Response(status: .ok)
        response.headers[.eTag] = part.etag
        return response
    }

    private func complete(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        var body = try await BodyReader(request)
        let uploadID = body.requiredString("upload_id")
        let claims = Self.claims(&body)
        try body.check()
        let (upload, received) = try await platform.database.read { db in
            let entry = try EntryRecord.owned(db, id, by: user)
            guard let upload = try UploadRecord.find(db, uploadID), upload.entryID == entry.id else {
                throw APIError.problem(.notFound, "Multipart upload not found")
            }
            return (upload, try upload.parts(db))
        }
        guard !upload.isDone else { return .json(["status": "completed"]) }
        let parts: [MultipartUpload.Part]
        do throws(MultipartUpload.Refusal) {
            parts = try MultipartUpload(hashes: upload.hashes, received: received).complete(claims)
        } catch {
            throw APIError.problem(.badRequest, error.message)
        }
        let object = ObjectRecord(key: upload.object, parts: parts)
        let objects = platform.objects
        try await BlockingIO.run { try objects.publish(upload: upload.id, as: upload.object) }
        try await platform.database.write { db in
            try object.upsert(db)
            try upload.finish(db)
        }
        return .json(["status": "completed"])
    }

    private static func claims(_ body: inout BodyReader) -> [MultipartUpload.Claim] {
        guard let parts = body.array("parts") else {
            body.problem("parts", "Field required", "missing")
            return []
        }
        let claims = parts.compactMap { part -> MultipartUpload.Claim? in
            guard let number = part["part_number"]?.intValue, let etag = part["etag"]?.stringValue else { return nil }
            return MultipartUpload.Claim(number: number, etag: etag, checksum: part["checksum"]?.stringValue)
        }
        if claims.count != parts.count { body.problem("parts", "Each part needs part_number and etag", "missing") }
        return claims
    }
}
