internal import Glibc

/// What a name says about where its file belongs: at the store, or only here.
package struct NamePolicy: Sendable {
    package enum Treatment: Sendable, Equatable {
        case published
        /// Kept here, never published.
        case local
        /// A name that programs give a file on its way to another name: published only if it still stands after a while.
        case inPassing
    }

    /// Work that belongs to a machine and not to the data.
    package static let ignored = [".git", "__pycache__", "*.pyc", ".DS_Store", "node_modules"]

    /// What editors and databases put beside the file they work on.
    package static let scratch = [
        ".*.sw?", "4913", "*~", ".#*", "#*#", ".~lock.*#", "._*", "*-journal", "*-wal", "*-shm",
    ]

    /// sed -i, Python's tempfile, rsync, GLib, git, tar and unzip's siblings.
    package static let passing = [
        "sed??????", "tmp????????", ".*.??????", ".goutputstream-??????", "*.tmp", "*.part", ".nfs????????*",
        ".fuse_hidden*",
    ]

    private let local: [[CChar]]
    private let passing: [[CChar]]

    /// - Parameter ignoring: Further patterns of names that stay here (glob(7), matched against each name of a path).
    package init(ignoring: [String] = []) {
        local = (Self.ignored + Self.scratch + ignoring).map { Array($0.utf8CString) }
        passing = Self.passing.map { Array($0.utf8CString) }
    }

    /// - Parameter isLocal: The directory it stands in is only here; so is all below.
    package func treatment(of name: String, inLocalDirectory isLocal: Bool) -> Treatment {
        if isLocal || Self.matches(name, local) { return .local }
        return Self.matches(name, passing) ? .inPassing : .published
    }

    private static func matches(_ name: String, _ patterns: [[CChar]]) -> Bool {
        patterns.contains { pattern in unsafe fnmatch(pattern, name, 0) == 0 }
    }
}
