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
                let name = PathEscape.bytes(of: String(Substring(part)))
                guard Self.isName(name) else {
                    throw StoreError(
                        .invalid,
                        "“\(location)” is no location in a gufe store",
                        remedy: "A location is a relative path without empty parts, “.” and “..”."
                    )
                }
                names.append(name)
            }
        }

        static func isName(_ name: [UInt8]) -> Bool {
            switch name {
            case [], [UInt8(ascii: ".")], [UInt8(ascii: "."), UInt8(ascii: ".")]: false
            default: !name.contains(0) && !name.contains(UInt8(ascii: "/"))
            }
        }

        var location: Location {
            Location(names.map { PathEscape.text(of: $0) }.joined(separator: "/"))
        }

        /// The last name as people see it: as it is when it is text, else escaped; the root has none.
        ///
        /// The location tells a file called `%FF` from one called by the byte FF; their names are the same.
        var name: String {
            guard let name = names.last else { return "" }
            return String(validating: name, as: UTF8.self) ?? PathEscape.text(of: name)
        }

        /// The last name as bytes; of the root what a directory calls itself.
        var lastName: [UInt8] { names.last ?? [UInt8(ascii: ".")] }

        var parent: RelativePath { RelativePath(names: names.dropLast()) }

        /// Somewhere below `directory`, at any depth.
        func isInside(_ directory: RelativePath) -> Bool {
            names.count > directory.names.count && names.starts(with: directory.names)
        }

        /// Where a thing in `directory`, or that itself, is when that has gone to `target`.
        func moved(from directory: RelativePath, to target: RelativePath) -> RelativePath {
            RelativePath(names: target.names + names.dropFirst(directory.names.count))
        }

        /// What in here may be called `name`, the likelier first; empty when nothing can have that name.
        func children(named name: String) -> [RelativePath] {
            let literal = Array(name.utf8)
            let candidates = [literal, PathEscape.bytes(of: name)].filter(Self.isName)
            return (candidates.count == 2 && candidates[0] == candidates[1] ? [literal] : candidates).map(child)
        }

        /// - Parameter name: From a directory, so neither empty nor with `/` or NUL inside.
        func child(_ name: [UInt8]) -> RelativePath {
            RelativePath(names: names + [name])
        }
    }
}
