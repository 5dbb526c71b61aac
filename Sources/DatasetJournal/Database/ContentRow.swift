internal import DatasetModel
internal import FoundationEssentials
internal import GRDB

/// What the table `content` says of a content, its bytes aside.
struct ContentRow: FetchableRecord {
    var id: ContentID
    var size: UInt64
    /// The bytes lie in the table.
    var isInline: Bool
    /// They are as many as they are said to be; of a file, only looking at it tells.
    var hasWholeBlob: Bool
    var base: ContentID?
    var borrowed: Extents
    var missing: Extents
    var origin: Origin?

    static let select = """
        SELECT id, size, bytes IS NOT NULL, base, borrowed, missing, originLocation, originVersion,
            length(bytes) = size
        FROM content
        """
    static let insert = """
        INSERT INTO content (id, size, bytes, base, borrowed, missing, originLocation, originVersion)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """

    func arguments(bytes: Data?) -> [(any DatabaseValueConvertible)?] {
        [
            id.rawValue, Int64(clamping: size), bytes, base?.rawValue, StoredBytes.encode(borrowed),
            StoredBytes.encode(missing), origin.map { StoredBytes.encode($0.location.rawValue) },
            origin.map { StoredBytes.encode($0.version.rawValue) },
        ]
    }
}

extension ContentRow {
    init(row: Row) throws {
        id = ContentID(rawValue: try row.decode(Int64.self, atIndex: 0))
        size = UInt64(clamping: try row.decode(Int64.self, atIndex: 1))
        isInline = try row.decode(Bool.self, atIndex: 2)
        base = try row.decode(Int64?.self, atIndex: 3).map(ContentID.init(rawValue:))
        borrowed = try StoredBytes.decodeExtents(try row.decode(Data?.self, atIndex: 4))
        missing = try StoredBytes.decodeExtents(try row.decode(Data?.self, atIndex: 5))
        if let location = try row.decode(Data?.self, atIndex: 6), let version = try row.decode(Data?.self, atIndex: 7) {
            origin = Origin(
                location: Location(StoredBytes.decode(location)),
                version: Version(StoredBytes.decode(version))
            )
        }
        hasWholeBlob = try row.decode(Bool?.self, atIndex: 8) ?? true
    }
}
