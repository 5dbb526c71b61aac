internal import CFUSE
internal import Glibc

/// What a mount tells of a path by an extended attribute (lgetxattr(2)).
package enum MountedAttribute {
    /// Of the path itself, not of what a link leads to; nil where there is no such attribute.
    @available(*, noasync, message: "this may wait for the mount")
    package static func value(of name: String, at path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe lgetxattr(path, name, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
