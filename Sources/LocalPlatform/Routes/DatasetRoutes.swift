import GRDB
import Hummingbird

/// `/v0.1/data-storage/datasets`.
struct DatasetRoutes {
    static let base = "/v0.1/data-storage/datasets"

    let platform: Platform

    func register(_ table: inout RouteTable) {
        table.post(Self.base) { request, _ in try await create(request) }
        table.get(Self.base + "/:id") { try await read($0, id: $1.parameters.require("id")) }
        table.delete(Self.base + "/:id") { try await delete($0, id: $1.parameters.require("id")) }
    }

    private func create(_ request: Request) async throws -> Response {
        let user = try platform.user(of: request)
        var body = try await BodyReader(request)
        var dataset = DatasetRecord(name: body.requiredString("name"), userID: user.id)
        dataset.description = body.string("description")
        dataset.id = body.uuid("id") ?? dataset.id
        try body.check()
        let made = dataset
        try await platform.database.write { db in
            guard try DatasetRecord.find(db, made.id) == nil else {
                throw APIError.problem(.conflict, "Dataset already exists")
            }
            try made.insert(db)
        }
        return .json(made.json, status: .created)
    }

    /// All entries of a dataset in one answer, unpaged; written row by row into one buffer, as there may be very many.
    private func read(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        let bytes: [UInt8] = try await platform.database.read { db in
            guard let dataset = try DatasetRecord.find(db, id.lowercased()) else { throw APIError.datasetNotFound }
            var output = Array(#"{"dataset":"#.utf8)
            dataset.json.write(to: &output)
            output.append(contentsOf: #","data_storage_entries":["#.utf8)
            let entries = try EntryRecord.fetchCursor(
                db,
                sql: """
                    SELECT \(EntryRecord.columns) FROM entry WHERE dataset_id = ? AND deleted = 0
                    AND \(EntryRecord.visibleSQL) ORDER BY seq
                    """,
                arguments: [dataset.id] + EntryRecord.visibleArguments(user)
            )
            var count = 0
            while let entry = try entries.next() {
                if count > 0 { output.append(UInt8(ascii: ",")) }
                entry.json.write(to: &output)
                count += 1
            }
            guard dataset.userID == user.id || count > 0 else { throw APIError.datasetNotFound }
            output.append(contentsOf: "]}".utf8)
            return output
        }
        return .json(bytes: bytes)
    }

    private func delete(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        let lag = platform.settings.searchDelay > 0
        let remains = try await platform.database.write { db in
            guard let dataset = try DatasetRecord.find(db, id.lowercased()) else { throw APIError.datasetNotFound }
            guard dataset.userID == user.id else { throw APIError.datasetNotFound }
            let entries = try EntryRecord.fetchAll(
                db,
                sql: "SELECT \(EntryRecord.columns) FROM entry WHERE dataset_id = ?",
                arguments: [dataset.id]
            )
            let remains = try EntryRemoval.remove(db, entries, indexLag: lag)
            try db.execute(sql: "DELETE FROM dataset WHERE id = ?", arguments: [dataset.id])
            return remains
        }
        try await platform.remove(remains)
        return Response(status: .noContent)
    }
}
