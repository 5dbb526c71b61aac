import Foundation
import GRDB

/// A multipart upload under way, with the parts that have arrived.
struct UploadRecord: Sendable {
    var id: String
    var entryID: String
    var object: String
    var hashes: [String]
    var isDone = false

    init(entryID: String, object: String, hashes: [String]) {
        id = Identifier.make()
        self.entryID = entryID
        self.object = object
        self.hashes = hashes
    }

    init(row: Row) {
        id = row["id"]
        entryID = row["entry_id"]
        object = row["object"]
        hashes = (row["hashes"] as String).split(separator: ",").map(String.init)
        isDone = row["done"]
    }

    static func find(_ db: Database, _ id: String) throws -> UploadRecord? {
        try Row.fetchOne(db, sql: "SELECT * FROM upload WHERE id = ?", arguments: [id]).map(UploadRecord.init)
    }

    func insert(_ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO upload VALUES (?, ?, ?, ?, ?)",
            arguments: [id, entryID, object, hashes.joined(separator: ","), isDone]
        )
    }

    func store(_ part: MultipartUpload.Part, number: Int, _ db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?)",
            arguments: [id, number, part.size, Data(part.md5), Int(part.crc32c)]
        )
    }

    func parts(_ db: Database) throws -> [Int: MultipartUpload.Part] {
        var parts: [Int: MultipartUpload.Part] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT * FROM part WHERE upload_id = ?", arguments: [id]) {
            parts[row["number"]] = MultipartUpload.Part(
                size: row["size"],
                md5: Array(row["md5"] as Data),
                crc32c: UInt32(truncatingIfNeeded: row["crc32c"] as Int)
            )
        }
        return parts
    }

    /// Marks the upload as done: the parts are needed no more, the mark answers a repeated completion.
    func finish(_ db: Database) throws {
        try db.execute(sql: "UPDATE upload SET done = 1 WHERE id = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM part WHERE upload_id = ?", arguments: [id])
    }
}
