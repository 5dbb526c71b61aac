import GRDB
import Hummingbird

/// Registers data that already exists elsewhere: what each kind of place must say of itself, and what it yields.
struct Registration {
    let platform: Platform

    /// Gives the draft the locations that `existing` describes.
    ///
    /// - Throws: `APIError` 422 when the description lacks something, 404 when it points at nothing, 400 when this
    ///   platform takes no such registration.
    func apply(_ existing: JSONValue, to draft: inout EntryDraft) async throws {
        var place = BodyReader(existing)
        let type = place.requiredString("storage_type")
        let contentType = place.requiredString("content_type")
        let location = place.string("location")
        let metadata = place.object("metadata")
        let schema = place.value("content_schema")?.text
        try place.check()
        draft.locations = []
        switch type {
        case "gcs": try await applyBucket(metadata ?? [:], contentType, location, to: &draft)
        case "pg_table": try await applyRow(metadata ?? [:], contentType, location, to: &draft)
        case "bigquery":
            try require(["project_id", "dataset_id", "table_id"], in: metadata ?? [:])
            draft.addLocation(type, contentType, location: location)
            draft.entry.bigquerySchema = schema
        case "link": draft.addLocation(type, contentType, location: location ?? draft.entry.content)
        default: throw APIError.problem(.badRequest, "Registering existing \(type) locations is not supported")
        }
        for index in draft.locations.indices {
            draft.locations[index].metadata = metadata?.text
            draft.locations[index].contentSchema = schema
        }
        draft.entry.status = "active"
    }

    private func applyBucket(
        _ metadata: JSONValue,
        _ contentType: String,
        _ location: String?,
        to draft: inout EntryDraft
    ) async throws {
        if platform.settings.refuseRegistration {
            throw APIError.problem(.badRequest, "Registering existing GCS locations is not supported")
        }
        try require(["bucket_name"], in: metadata)
        let bucket = metadata["bucket_name"]?.stringValue ?? ""
        let prefix = metadata["prefix"]?.stringValue ?? location ?? ""
        let objects = platform.objects
        let paths = try await BlockingIO.run { objects.objects(inBucket: bucket, prefix: prefix) }
        guard !paths.isEmpty else {
            throw APIError.problem(.notFound, "No objects found in bucket \(bucket) with prefix \(prefix)")
        }
        draft.entry.isCollection = draft.entry.isCollection || paths.count > 1
        for path in paths {
            let object = ObjectReference.bucket(name: bucket, path: path).text
            draft.addLocation("gcs", contentType, location: path, object: object)
        }
    }

    private func applyRow(
        _ metadata: JSONValue,
        _ contentType: String,
        _ location: String?,
        to draft: inout EntryDraft
    ) async throws {
        try require(["table_name", "row_id"], in: metadata)
        guard metadata["table_name"]?.stringValue == "trajectories" else {
            throw APIError.problem(.unprocessableContent, "Only table trajectories can be registered")
        }
        let row = metadata["row_id"]?.stringValue ?? ""
        let found = try await platform.database.read { db in
            try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM trajectories WHERE id = ?)", arguments: [row])
        }
        guard found == true else { throw APIError.problem(.notFound, "Row \(row) not found in table trajectories") }
        draft.addLocation("pg_table", contentType, location: location)
    }

    private func require(_ keys: [String], in metadata: JSONValue) throws(APIError) {
        let missing = keys.filter { metadata[$0]?.stringValue?.isEmpty ?? true }
        guard missing.isEmpty else {
            throw .validation(
                missing.map { key in
                    APIError.Problem(
                        location: ["body", "existing_location", "metadata", key],
                        message: "Field required",
                        type: "missing"
                    )
                }
            )
        }
    }
}
