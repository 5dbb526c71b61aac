extension Edison {
    /// How entries are named in the tree. Hostile names pass: the file system escapes them.
    enum FileName {
        /// The entry's name; where it has no extension and its file path has one, with that.
        static func of(_ record: EntryRecord, _ shape: Shape) -> String {
            switch shape {
            case .directory, .objects, .link: return record.name
            case .reference(let suffix): return "\(record.name).\(suffix).json"
            case .text, .object:
                let name = withExtension(record.name, from: record.filePath)
                let isArchive = record.isCollection && shape == .object
                return isArchive && !name.lowercased().hasSuffix(".zip") ? name + ".zip" : name
            }
        }

        static func withExtension(_ name: String, from path: String?) -> String {
            guard extensionRange(name) == nil, let path else { return name }
            // Windows paths come as they were given.
            let file = path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
            guard let range = extensionRange(file) else { return name }
            let last = file[range]
            let stem = String(file[..<range.lowerBound])
            // `.tar.gz` and the like are one extension.
            if ["gz", "bz2", "xz", "zst"].contains(last.dropFirst().lowercased()), let inner = extensionRange(stem),
                stem[inner].contains(where: \.isLetter)
            {
                return name + stem[inner] + last
            }
            return name + last
        }

        /// From the last dot on: a dot that is not the first character, followed by letters and digits.
        private static func extensionRange(_ name: String) -> Range<String.Index>? {
            guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
            let tail = name[name.index(after: dot)...]
            guard !tail.isEmpty, tail.utf8.count <= 16,
                tail.allSatisfy({ $0.isLetter || $0.isNumber || "_-+".contains($0) })
            else { return nil }
            return dot..<name.endIndex
        }

        /// Names for the objects of one entry: the last component of each path, more of it where that stands twice.
        static func ofObjects(_ answer: EntryAnswer) -> [String] {
            let paths = answer.locations.indices.map { index -> [Substring] in
                let place = answer.locations[index].place ?? ""
                let parts = place.split(separator: "/")
                return parts.isEmpty ? [Substring(answer.place(at: index))] : parts
            }
            var lengths = [Int](repeating: 1, count: paths.count)
            let longest = paths.map(\.count).max() ?? 0
            for _ in 0..<longest {
                let names = paths.indices.map { paths[$0].suffix(lengths[$0]).joined(separator: "/") }
                let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
                for index in paths.indices where counts[names[index], default: 0] > 1 {
                    lengths[index] = min(lengths[index] + 1, paths[index].count)
                }
            }
            return paths.indices.map { paths[$0].suffix(lengths[$0]).joined(separator: "/") }
        }
    }
}
