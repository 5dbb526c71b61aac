package import DatasetModel

/// One version of one thing in one store, compared by bytes: equal keys mean equal content.
package struct ContentKey: Sendable {
    package let identity: String
    package let location: Location
    package let version: Version

    /// - Parameter identity: `StoreTraits.identity`.
    package init(identity: String, location: Location, version: Version) {
        self.identity = identity
        self.location = location
        self.version = version
    }

    /// The three texts, each behind its length: no two keys share these bytes.
    var bytes: [UInt8] {
        var bytes = Self.place(identity: identity, location: location)
        bytes.append(text: version.rawValue)
        return bytes
    }

    /// The part of ``bytes`` that all versions of a thing share.
    static func place(identity: String, location: Location) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(text: identity)
        bytes.append(text: location.rawValue)
        return bytes
    }
}

// Written out because equality of strings is not equality of their bytes, and stores mean bytes.
extension ContentKey: Hashable {
    package static func == (left: ContentKey, right: ContentKey) -> Bool {
        left.version == right.version && left.location == right.location && left.identity.isExactly(right.identity)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ExactText(identity))
        hasher.combine(location)
        hasher.combine(version)
    }
}

extension [UInt8] {
    fileprivate mutating func append(text: String) {
        append(littleEndian: UInt64(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    /// Appends an integer, lowest byte first.
    mutating func append(littleEndian value: some FixedWidthInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
}
