import Foundation
import GRDB
import Hummingbird

/// Resumable uploads: a `POST` begins a session, `PUT`s bring the bytes, and a lost connection costs only what was on
/// its way.
struct SessionRoutes {
    let platform: Platform

    /// `POST` of the upload URL that a create answer carries.
    func start(_ request: Request, _ object: String) async throws -> Response {
        try platform.checkSignature(of: request)
        guard request.header("x-goog-resumable") == "start" else {
            throw StorageError.invalid("x-goog-resumable: start is required")
        }
        guard let key = Identifier.normalized(object) else { throw StorageError.noSuchKey }
        let id = Identifier.make()
        let objects = platform.objects
        try await BlockingIO.run {
            try FileManager.default.createDirectory(atPath: objects.uploadFolder(id), withIntermediateDirectories: true)
            _ = try OpenFile(objects.uploadFolder(id) + "/1", flags: O_RDWR | O_CREAT)
        }
        try await platform.database.write { db in
            guard try ObjectRecord.find(db, key) == nil else { throw StorageError.invalid("The object is complete.") }
            try db.execute(sql: "INSERT INTO session VALUES (?, ?, NULL, 0, 0)", arguments: [id, key])
        }
        var response = Response(status: .created)
        response.headers[.location] = platform.signer.address.url + "/storage/sessions/\(id)"
        return response
    }

    /// `PUT` of the session's URL, which is its own permission.
    func receive(_ request: Request, _ id: String) async throws -> Response {
        guard let (stored, object) = try await load(id) else { throw StorageError.noSuchUpload }
        var session = stored
        let length = request.headers[.contentLength].flatMap { Int($0) }
        var range = request.header("Content-Range").map { ResumableSession.ContentRange($0) }
        if range == nil, let length { range = length == 0 ? .query(total: 0) : .chunk(0..<length, total: length) }
        guard let range, let range else { throw StorageError.invalid("Content-Range is malformed.") }
        var action = session.request(range)
        if case .accept(let skip) = action {
            let count = try await take(request.body, of: id, from: session.received, skip: skip)
            action = session.took(count)
        }
        switch action {
        case .accept, .resume:
            try await save(session, id)
            var response = Response(status: HTTPResponse.Status(code: 308, reasonPhrase: "Resume Incomplete"))
            if let held = session.rangeHeader { response.headers[.range] = held }
            return response
        case .finished: return .json(["name": .string(object)])
        case .refuse(let reason): throw StorageError.invalid(reason)
        case .publish:
            try await publish(id, as: object, size: session.received)
            session.isDone = true
            try await save(session, id)
            return .json(["name": .string(object)])
        }
    }

    /// Appends the body to the session's file and gets it on disk, even when the connection broke on the way.
    private func take(_ body: RequestBody, of id: String, from offset: Int, skip: Int) async throws -> Int {
        let path = platform.objects.uploadFolder(id) + "/1"
        let file = try await BlockingIO.run { try OpenFile(path, flags: O_RDWR) }
        var sink = UploadSink(file, at: offset)
        _ = try await sink.receive(body, skip: skip)
        try await BlockingIO.run { try file.synchronize() }
        return sink.sums.size
    }

    private func publish(_ id: String, as key: String, size: Int) async throws {
        let objects = platform.objects
        let record = try await BlockingIO.run {
            let file = try OpenFile(objects.uploadFolder(id) + "/1", flags: O_RDWR)
            try file.truncate(to: size)
            let sums = try Checksums.of(file)
            try file.synchronize()
            try objects.publish(upload: id, as: key)
            return ObjectRecord(key: key, parts: [.init(size: sums.size, md5: sums.md5, crc32c: sums.crc32c)])
        }
        try await platform.database.write { try record.upsert($0) }
    }

    private func load(_ id: String) async throws -> (ResumableSession, object: String)? {
        try await platform.database.read { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT * FROM session WHERE id = ?", arguments: [id]) else {
                return nil
            }
            return (
                ResumableSession(total: row["total"], received: row["received"], isDone: row["done"]),
                object: row["object"]
            )
        }
    }

    private func save(_ session: ResumableSession, _ id: String) async throws {
        try await platform.database.write { db in
            try db.execute(
                sql: "UPDATE session SET total = ?, received = ?, done = ? WHERE id = ?",
                arguments: [session.total, session.received, session.isDone, id]
            )
        }
    }
}
