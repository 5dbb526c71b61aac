/// One line of an ignore file.
package struct IgnoreRule: Hashable, Sendable {
    /// The file the line stands in, as the caller named it.
    package let source: String
    /// Counted from 1, lines without a pattern too.
    package let line: Int
    /// As written, without the blanks that do not count.
    package let text: String
    /// Begins with `!`: what an earlier rule ignores is kept after all.
    package let isNegated: Bool

    private let isForDirectories: Bool
    /// With a slash within: compared with the whole path below the file's directory, else with the last name alone.
    private let isAnchored: Bool
    /// Nil matches nothing.
    private let pattern: GlobPattern?

    /// - Parameter bytes: The line without its end.
    /// - Returns: Nil for an empty line and a comment.
    init?(_ bytes: ArraySlice<UInt8>, at line: Int, of source: String) {
        guard let first = bytes.first, first != UInt8(ascii: "#") else { return nil }
        let trimmed = Self.withoutTrailingSpaces(bytes)
        self.source = source
        self.line = line
        text = String(decoding: trimmed, as: UTF8.self)
        isNegated = trimmed.first == UInt8(ascii: "!")
        var rest = isNegated ? trimmed.dropFirst() : trimmed
        isForDirectories = rest.last == UInt8(ascii: "/")
        if isForDirectories { rest = rest.dropLast() }
        isAnchored = rest.contains(UInt8(ascii: "/"))
        if rest.first == UInt8(ascii: "/") { rest = rest.dropFirst() }
        pattern = rest.isEmpty ? nil : GlobPattern(rest)
    }

    /// - Parameters:
    ///   - path: Below the directory of the rule's file.
    ///   - name: The last component of it.
    func matches(_ path: ArraySlice<UInt8>, name: ArraySlice<UInt8>, isDirectory: Bool) -> Bool {
        guard let pattern, isDirectory || !isForDirectories else { return false }
        return pattern.matches(isAnchored ? path : name)
    }

    /// Spaces at the end count only behind a backslash; a tab always does.
    private static func withoutTrailingSpaces(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var end = line.startIndex
        var place = line.startIndex
        while place < line.endIndex {
            if line[place] == UInt8(ascii: "\\") {
                // A backslash with nothing behind it: the line stays as it is.
                guard place + 1 < line.endIndex else { return line }
                place += 1
                end = place + 1
            } else if line[place] != UInt8(ascii: " ") {
                end = place + 1
            }
            place += 1
        }
        return line[..<end]
    }
}
