import Foundation
import GRDB

/// A complete, unchangeable object: what it weighs, its checksums, and the pieces on disk it is made of.
struct ObjectRecord: Sendable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "object"

    var key: String
    var size: Int
    /// Without the quotes of the header.
    var etag: String
    /// Only an object that came in one piece has one, as with GCS's composite objects.
    var md5: [UInt8]?
    var crc32c: UInt32?
    /// Sizes of the files `1`, `2`, … in the object's folder.
    var segments: [Int]
    var pattern: ContentPattern?
    var createdAt = Timestamp.now()

    init(key: String, size: Int, etag: String, segments: [Int]) {
        self.key = key
        self.size = size
        self.etag = etag
        self.segments = segments
    }

    init(row: Row) {
        key = row["key"]
        size = row["size"]
        etag = row["etag"]
        md5 = (row["md5"] as Data?).map(Array.init)
        crc32c = (row["crc32c"] as Int?).map { UInt32(truncatingIfNeeded: $0) }
        let text: String = row["segments"]
        segments = text.split(separator: ",").compactMap { Int($0) }
        pattern = (row["pattern"] as String?).flatMap(ContentPattern.init)
        createdAt = row["created_at"]
    }

    func encode(to container: inout PersistenceContainer) {
        container["key"] = key
        container["size"] = size
        container["etag"] = etag
        container["md5"] = md5.map { Data($0) }
        container["crc32c"] = crc32c.map { Int($0) }
        container["segments"] = segments.map(String.init).joined(separator: ",")
        container["pattern"] = pattern?.text
        container["created_at"] = createdAt
    }

    static func find(_ db: Database, _ key: String) throws -> ObjectRecord? {
        try ObjectRecord.fetchOne(db, sql: "SELECT * FROM object WHERE key = ?", arguments: [key])
    }

    /// The `x-goog-hash` header.
    var hashes: String? {
        var parts: [String] = []
        if let crc32c { parts.append("crc32c=" + CRC32C.base64(crc32c)) }
        if let md5 { parts.append("md5=" + Base64.string(md5)) }
        return parts.isEmpty ? nil : parts.joined(separator: ",")
    }
}
