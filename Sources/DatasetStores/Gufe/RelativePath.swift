internal import DatasetModel

extension Gufe {
    /// A location taken apart: the names on the way down from a store's root, none of which leads up or out.
    struct RelativePath: Hashable {
        /// As bytes, because names are compared as bytes; never empty, `.`, `..`, nor with `/` or NUL inside.
        private(set) var names: [[UInt8]]

        static let root = RelativePath(names: [])

        private init(names: [[UInt8]]) {
            self.names = names
        }

        /// - Throws: `.invalid` for a location that is absolute or holds an empty part, `.`, `..` or NUL.
        init(_ location: Location) throws(StoreError) {
            names = []
            guard !location.rawValue.isEmpty else { return }
            for part in location.rawValue.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
                guard let name = Self.bytes(ofPart: String(Substring(part))) else {
                    throw StoreError(
                        .invalid,
                        "“\(location)” is no location in a gufe store",
                        remedy: "A location is a relative path without empty parts, “.” and “..”."
                    )
                }
                names.append(name)
            }
        }

        private static func bytes(ofPart part: String) -> [UInt8]? {
            let name = PathEscape.bytes(of: part)
            switch name {
            case [], [UInt8(ascii: ".")], [UInt8(ascii: "."), UInt8(ascii: ".")]: return nil
            default: return name.contains(0) ? nil : name
            }
        }

        var location: Location {
            Location(names.map { PathEscape.text(of: $0) }.joined(separator: "/"))
        }

        /// The last name as text; the root has none.
        var name: String { names.last.map { PathEscape.text(of: $0) } ?? "" }

        var parent: RelativePath { RelativePath(names: names.dropLast()) }

        /// Somewhere below `directory`, at any depth.
        func isInside(_ directory: RelativePath) -> Bool {
            names.count > directory.names.count && names.starts(with: directory.names)
        }

        /// The thing called `name` in here, nil when nothing can have that name.
        func child(named name: String) -> RelativePath? {
            guard let bytes = Self.bytes(ofPart: name), !bytes.contains(UInt8(ascii: "/")) else { return nil }
            return child(bytes)
        }

        /// - Parameter name: From a directory, so neither empty nor with `/` or NUL inside.
        func child(_ name: [UInt8]) -> RelativePath {
            RelativePath(names: names + [name])
        }
    }
}
