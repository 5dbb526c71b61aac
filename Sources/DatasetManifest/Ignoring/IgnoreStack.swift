/// What the rules say about a path.
package enum IgnoreDecision: Hashable, Sendable {
    /// By a rule for it, or for a directory above it.
    case ignored(by: IgnoreRule)
    /// No rule is against it; the rule is the negated one that took it back, where there is one.
    case kept(by: IgnoreRule?)

    package var isIgnored: Bool {
        if case .ignored = self { true } else { false }
    }
}

/// All rules that hold in a tree, as git weighs them.
///
/// Rules of a deeper file go before those of files above it. What lies in an ignored directory is ignored and cannot be
/// taken back, since git does not look into such a directory. A plain value: who walks a tree adds the ignore file of each
/// directory as it comes to it.
///
/// Left to the caller: to read no ignore file through a symbolic link and none in an ignored directory, as git does not; and
/// to call a link to a directory no directory.
package struct IgnoreStack: Sendable {
    /// Go before every file; the last one first.
    private let overriding: [IgnoreRules]
    /// Only asked when no file has a rule; the last one first.
    private let defaults: [IgnoreRules]
    /// By the directory of the file, as bytes: strings that differ only in their normal form are one key.
    private var files: [ArraySlice<UInt8>: IgnoreRules] = [:]

    /// - Parameters:
    ///   - defaults: Weaker than any file in the tree; the last is the strongest of them.
    ///   - overriding: Stronger than any, such as those of a command line; the last is the strongest.
    package init(defaults: [IgnoreRules] = [], overriding: [IgnoreRules] = []) {
        self.defaults = defaults
        self.overriding = overriding
    }

    /// Adds the rules of a directory's file, or replaces those it had.
    package mutating func add(_ rules: IgnoreRules) {
        files[Array(rules.directory.utf8)[...]] = rules
    }

    /// Forgets the rules of a directory's file.
    package mutating func removeRules(in directory: String) {
        files[Array(directory.utf8)[...]] = nil
    }

    /// - Parameter path: Relative to the top, without slashes at the ends.
    package func decision(for path: String, isDirectory: Bool) -> IgnoreDecision {
        let bytes = Array(path.utf8)
        // The rules for each directory above, the outermost last.
        var nested = [files[[]]].compactMap(\.self)
        var nameStart = 0
        while let slash = bytes[nameStart...].firstIndex(of: UInt8(ascii: "/")) {
            if let rule = rule(for: bytes[..<slash], nameStart, nested, isDirectory: true), !rule.isNegated {
                return .ignored(by: rule)
            }
            if let rules = files[bytes[..<slash]] { nested.insert(rules, at: 0) }
            nameStart = slash + 1
        }
        guard let rule = rule(for: bytes[...], nameStart, nested, isDirectory: isDirectory) else {
            return .kept(by: nil)
        }
        return rule.isNegated ? .kept(by: rule) : .ignored(by: rule)
    }

    private func rule(
        for path: ArraySlice<UInt8>,
        _ nameStart: Int,
        _ nested: [IgnoreRules],
        isDirectory: Bool
    ) -> IgnoreRule? {
        let name = path[nameStart...]
        for rules in overriding.reversed() + nested + defaults.reversed() {
            if let rule = rules.lastMatch(path, name: name, isDirectory: isDirectory) { return rule }
        }
        return nil
    }
}
