/// A store's own address of a thing, opaque to everyone else: a relative path, an id, a key.
///
/// Always valid Unicode. A store whose names are bytes (a directory on disk) puts bytes that are no UTF-8 into a
/// reversible escape of its own, so that an address survives the way through JSON and SQLite.
package struct Location: ExactlyCompared, Sendable, Codable {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    /// The top of a store.
    package static let root = Location("")

    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension Location: CustomStringConvertible {
    package var description: String { rawValue.isEmpty ? "/" : rawValue }
}
