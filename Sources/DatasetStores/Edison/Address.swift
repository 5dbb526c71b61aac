internal import DatasetModel

extension Edison {
    /// What a `Location` of this store means.
    ///
    ///     (empty)                     the root
    ///     dataset/<id>                a dataset
    ///     entry/<id>                  an entry, whatever it is
    ///     entry/<id>/<location id>    one object of an entry that has several
    ///     entry/<id>/@<index>         the same where the platform gives the locations no ids
    enum Address: Hashable, Sendable {
        case root
        case dataset(String)
        case entry(String)
        case object(entry: String, place: String)

        /// - Throws: `.notFound` for what this store cannot have made.
        init(_ location: Location) throws(StoreError) {
            let parts = location.rawValue.split(separator: "/", omittingEmptySubsequences: false)
            func isID(_ part: Substring) -> Bool { Identifier.checked(String(part)) == String(part) }
            switch parts.count {
            case 1 where parts[0].isEmpty:
                self = .root
            case 2 where parts[0] == "dataset" && isID(parts[1]):
                self = .dataset(String(parts[1]))
            case 2 where parts[0] == "entry" && isID(parts[1]):
                self = .entry(String(parts[1]))
            case 3 where parts[0] == "entry" && isID(parts[1]) && (isID(parts[2]) || Self.isIndex(parts[2])):
                self = .object(entry: String(parts[1]), place: String(parts[2]))
            default:
                throw StoreError(.notFound, "“\(Detail.printable(location.rawValue))” is no address in an Edison store")
            }
        }

        var location: Location {
            switch self {
            case .root: .root
            case .dataset(let id): Location("dataset/\(id)")
            case .entry(let id): Location("entry/\(id)")
            case .object(let entry, let place): Location("entry/\(entry)/\(place)")
            }
        }

        private static func isIndex(_ part: Substring) -> Bool {
            part.first == "@" && part.utf8.count <= 7 && part.utf8.count > 1
                && part.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
        }
    }
}

extension Edison.EntryAnswer {
    /// The last part of the address of the location at that index.
    func place(at index: Int) -> String { locations[index].id ?? "@\(index)" }

    /// The index of a location by its place.
    func index(ofPlace place: String) -> Int? {
        locations.indices.first { self.place(at: $0) == place }
    }
}
