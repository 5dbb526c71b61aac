internal import CFUSE
internal import Glibc

/// Attributes by which somebody outside tells a mount to do something (setxattr(2)).
package enum ControlAttribute: String, Sendable {
    case sync = "user.datasetfs.sync"
    case drain = "user.datasetfs.drain"
    case retry = "user.datasetfs.retry"
    case discard = "user.datasetfs.discard"

    /// The kernel lets nobody else into a directory while one of its attributes is set: waits are to be short.
    ///
    /// - Returns: 0, or the errno.
    @available(*, noasync, message: "this blocks the calling thread")
    package func set(_ value: String, on path: String) -> Int32 {
        let bytes = Array(value.utf8)
        let status = unsafe bytes.withUnsafeBytes { unsafe setxattr(path, rawValue, $0.baseAddress, $0.count, 0) }
        return status == 0 ? 0 : errno
    }
}
