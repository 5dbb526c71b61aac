package import DatasetModel

/// Where something in a collection stands: the store's own address of the archive, and a path in it.
///
///     /zip/<bytes of the address>/<address of the archive>          the collection
///     /zip/<bytes of the address>/<address of the archive>/<path>   what is in it
///
/// No store makes addresses that begin with one slash, and the number says where the archive's own ends.
package struct CollectionAddress: Sendable {
    package let archive: Location
    /// Without slashes at its ends; empty for the collection itself.
    package let path: String

    private static let prefix = "/zip/"

    package init(_ archive: Location, path: String = "") {
        self.archive = archive
        self.path = path
    }

    /// Nil for what is no part of a collection.
    package init?(_ location: Location) {
        guard location.rawValue.utf8.starts(with: Self.prefix.utf8) else { return nil }
        let rest = location.rawValue.utf8.dropFirst(Self.prefix.utf8.count)
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")), let count = Int(String(rest[..<slash]) ?? ""),
            count >= 0,
            let end = rest.index(rest.index(after: slash), offsetBy: count, limitedBy: rest.endIndex),
            let archive = String(rest[rest.index(after: slash)..<end])
        else { return nil }
        self.archive = Location(archive)
        let tail = rest[end...]
        if tail.isEmpty {
            path = ""
        } else {
            guard tail.first == UInt8(ascii: "/"), tail.count > 1, let path = String(tail.dropFirst()) else {
                return nil
            }
            self.path = path
        }
    }

    package var location: Location {
        let top = "\(Self.prefix)\(archive.rawValue.utf8.count)/\(archive.rawValue)"
        return Location(path.isEmpty ? top : "\(top)/\(path)")
    }

    /// The collection itself, not something in it.
    package var isTop: Bool { path.isEmpty }
}

extension Location {
    /// It stands in a collection, below its top.
    var isInCollection: Bool { CollectionAddress(self).map { !$0.isTop } ?? false }
}
