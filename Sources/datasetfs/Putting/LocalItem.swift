/// One thing in a local tree, as a `put` found it.
struct LocalItem: Sendable {
    enum Kind: Sendable, Equatable {
        case file(FileStamp)
        case directory
        /// A symbolic link whose target is a URL.
        case link(target: String)
        /// It is not sent.
        case leftOut(Reason)
    }

    enum Reason: Sendable, Equatable {
        /// By a rule: its pattern.
        case ignored(String)
        /// For a person to know: it cannot be sent.
        case impossible(String)
    }

    /// Below the source; empty for the source itself.
    var path: [String]
    /// Where it lies on this machine.
    var location: String
    var kind: Kind

    var relativePath: String { path.joined(separator: "/") }
}

/// By what a file that was sent before is known to be the same still.
struct FileStamp: Codable, Sendable, Equatable {
    var size: UInt64
    /// Nanoseconds since 1970.
    var modified: Int64
    var inode: UInt64
}
