/// A tree as it is expected to be: what is planted in a store or a directory and what a listing is compared with.
///
/// Names are compared as bytes: `é` in one code point and in two are two names here, though one `String`.
package struct ReferenceTree: Sendable {
    package enum Entry: Hashable, Sendable {
        case directory
        case file(ReferenceContent)
        case link(target: String)
    }

    /// A name or a `/`-joined path that is equal only to the same bytes.
    package struct Path: Hashable, Sendable, Comparable, ExpressibleByStringInterpolation, CustomStringConvertible {
        package let text: String

        package init(_ text: String) { self.text = text }
        package init(stringLiteral text: String) { self.text = text }

        package static func == (left: Path, right: Path) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }
        package static func < (left: Path, right: Path) -> Bool {
            left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
        }
        package func hash(into hasher: inout Hasher) { hasher.combine(Array(text.utf8)) }
        package var description: String { text }

        package var name: String { split.name }

        /// The path of the directory that holds it; empty for what is at the top.
        package var parent: Path { Path(split.parent) }

        package func child(_ name: String) -> Path { Path(text.isEmpty ? name : "\(text)/\(name)") }

        private var split: (parent: String, name: String) {
            guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", text) }
            return (String(text[..<slash]), String(text[text.utf8.index(after: slash)...]))
        }
    }

    /// INVARIANT: the parent of each path is the top or a directory in here.
    package private(set) var entries: [Path: Entry] = [:]

    package init() {}

    /// In an order in which every directory comes before what it holds.
    package var paths: [Path] { entries.keys.sorted() }

    package subscript(path: Path) -> Entry? { entries[path] }

    /// The names directly in a directory, sorted by their bytes; "" is the top.
    package func children(of directory: Path) -> [Path] {
        entries.keys.filter { $0.parent == directory }.map { Path($0.name) }.sorted()
    }

    /// Adds or replaces, with the directories on the way.
    package mutating func add(_ entry: Entry, at path: Path) {
        if !path.parent.text.isEmpty, entries[path.parent] == nil { add(.directory, at: path.parent) }
        entries[path] = entry
    }

    package mutating func addFile(_ path: Path, _ content: ReferenceContent) { add(.file(content), at: path) }

    package mutating func addDirectory(_ path: Path) { add(.directory, at: path) }

    /// Takes the thing away with all that is in it.
    package mutating func remove(_ path: Path) {
        entries = entries.filter { key, _ in key != path && !key.text.utf8.starts(with: "\(path.text)/".utf8) }
    }

    package func content(of path: Path) -> ReferenceContent? {
        guard case .file(let content) = entries[path] else { return nil }
        return content
    }
}
