internal import DatasetModel

/// The file name of a content: a hash of the thing and a hash of the whole key.
///
/// Two keys may share one; the header of the map file holds the key itself.
struct ContentName: Hashable, Sendable {
    let place: UInt64
    let key: UInt64

    init(place: UInt64, key: UInt64) {
        self.place = place
        self.key = key
    }

    init(_ key: ContentKey) {
        self.init(
            place: Self.place(identity: key.identity, location: key.location),
            key: xxh3(key.bytes)
        )
    }

    /// What the names of all versions of one thing begin with.
    static func place(identity: String, location: Location) -> UInt64 {
        xxh3(ContentKey.place(identity: identity, location: location))
    }

    /// Two hexadecimal digits: no directory grows too long.
    var folder: String { String(text.prefix(2)) }

    /// 33 characters, without a suffix.
    var text: String { "\(Self.digits(place))-\(Self.digits(key))" }

    /// Reads what ``text`` wrote.
    init?(text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 16 }) else { return nil }
        guard let place = UInt64(parts[0], radix: 16), let key = UInt64(parts[1], radix: 16) else { return nil }
        self.init(place: place, key: key)
        guard self.text == text else { return nil }
    }

    private static func digits(_ value: UInt64) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}
