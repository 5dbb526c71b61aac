internal import DatasetModel
internal import FoundationEssentials
internal import GRDB

/// What is remembered of one thing as a row of the table `attribute`.
struct AttributeRow: FetchableRecord {
    let location: Location
    let attributes: LocalAttributes

    static let put = "INSERT OR REPLACE INTO attribute VALUES (?, ?, ?, ?, ?, ?, ?)"
    static let selectAll = "SELECT * FROM attribute"

    init(_ attributes: LocalAttributes, of location: Location) {
        self.location = location
        self.attributes = attributes
    }

    var arguments: [(any DatabaseValueConvertible)?] {
        [
            StoredBytes.encode(location.rawValue), attributes.permissions, attributes.owner, attributes.group,
            attributes.accessed?.nanoseconds, attributes.modified?.nanoseconds,
            attributes.version.map { StoredBytes.encode($0.rawValue) },
        ]
    }

    init(row: Row) throws {
        location = Location(StoredBytes.decode(try row.decode(Data.self, atIndex: 0)))
        attributes = LocalAttributes(
            permissions: try row.decode(UInt32?.self, atIndex: 1),
            owner: try row.decode(UInt32?.self, atIndex: 2),
            group: try row.decode(UInt32?.self, atIndex: 3),
            accessed: try row.decode(Int64?.self, atIndex: 4).map(Timestamp.init(nanoseconds:)),
            modified: try row.decode(Int64?.self, atIndex: 5).map(Timestamp.init(nanoseconds:)),
            version: try row.decode(Data?.self, atIndex: 6).map { Version(StoredBytes.decode($0)) }
        )
    }
}
