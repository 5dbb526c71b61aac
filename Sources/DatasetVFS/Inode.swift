/// A file's number within a mount: the kernel's node id and `st_ino` at once.
///
/// Numbers are row numbers of the facts database: stable across mounts, never used twice.
package struct Inode: Hashable, Sendable {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The top of the mount, as FUSE demands.
    package static let root = Inode(1)
}
