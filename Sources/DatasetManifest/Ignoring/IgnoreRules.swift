/// The rules of one ignore file (gitignore(5)), which hold for what lies below its directory.
package struct IgnoreRules: Sendable {
    /// Relative to the top, without slashes at the ends; empty for the top itself.
    package let directory: String
    /// In the order of the file: the last that matches decides.
    package let rules: [IgnoreRule]
    /// The directory with its slash.
    private let prefix: [UInt8]

    /// - Parameters:
    ///   - text: The file's bytes, of any encoding: patterns are compared byte by byte, case counts.
    ///   - source: What a decision names as the file.
    package init(parsing text: some Collection<UInt8>, named source: String, in directory: String = "") {
        let bytes = Array(text)
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let start = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
        let lines = bytes[start...].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        self.init(lines: lines, named: source, in: directory)
    }

    /// Rules that stand in no file, one a string: defaults and what a command line gives.
    package init(patterns: [String], named source: String, in directory: String = "") {
        self.init(lines: patterns.map { Array($0.utf8)[...] }, named: source, in: directory)
    }

    private init(lines: [ArraySlice<UInt8>], named source: String, in directory: String) {
        self.directory = directory
        prefix = directory.isEmpty ? [] : Array(directory.utf8) + [UInt8(ascii: "/")]
        rules = lines.enumerated().compactMap { index, line in
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            // To git a line ends at a NUL.
            return IgnoreRule(line.prefix { $0 != 0 }, at: index + 1, of: source)
        }
    }

    /// The rule that decides about a path, whatever is said about the directories above it.
    ///
    /// - Parameter name: Its last component.
    func lastMatch(_ path: ArraySlice<UInt8>, name: ArraySlice<UInt8>, isDirectory: Bool) -> IgnoreRule? {
        guard !rules.isEmpty, path.starts(with: prefix) else { return nil }
        let below = path.dropFirst(prefix.count)
        return rules.last { $0.matches(below, name: name, isDirectory: isDirectory) }
    }
}
