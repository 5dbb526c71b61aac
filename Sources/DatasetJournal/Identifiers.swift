package import DatasetModel

/// The number of a change: never used twice, also across mounts and crashes.
package struct ChangeID: Hashable, Sendable, Codable, Comparable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    package static func < (left: ChangeID, right: ChangeID) -> Bool { left.rawValue < right.rawValue }
}

extension ChangeID: CustomStringConvertible {
    package var description: String { String(rawValue) }
}

/// The number of a content: never used twice, also across mounts and crashes.
package struct ContentID: Hashable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }
}

extension ContentID: CustomStringConvertible {
    package var description: String { String(rawValue) }
}

extension Location {
    // No store's address begins with two slashes.
    private static let pendingPrefix = "//pending/"

    /// Where a thing is that the store does not have yet.
    package static func pending(_ id: ChangeID) -> Location {
        Location(pendingPrefix + String(id.rawValue))
    }

    /// The change that this location stands for; nil for a location of the store.
    package var pendingID: ChangeID? {
        guard rawValue.hasPrefix(Self.pendingPrefix) else { return nil }
        return Int64(rawValue.dropFirst(Self.pendingPrefix.count)).map(ChangeID.init(rawValue:))
    }
}
