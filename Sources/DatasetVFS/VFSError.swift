package import DatasetModel
internal import Glibc

/// What the kernel is answered instead of a result: an errno, with the store's words behind it when it came from one.
package struct VFSError: Error, Sendable, Equatable {
    package let errno: Int32
    package let cause: StoreError?

    package init(errno: Int32, cause: StoreError? = nil) {
        self.errno = errno
        self.cause = cause
    }

    package init(_ cause: StoreError) {
        self.init(errno: cause.code.errno, cause: cause)
    }

    package static let notFound = VFSError(errno: ENOENT)
    package static let stale = VFSError(errno: ESTALE)
    package static let readOnly = VFSError(errno: EROFS)
    package static let notSupported = VFSError(errno: EOPNOTSUPP)
    package static let noData = VFSError(errno: ENODATA)
    package static let badHandle = VFSError(errno: EBADF)
}

extension StoreError.Code {
    /// The one table from what a store said to what a program sees.
    package var errno: Int32 {
        switch self {
        case .notFound: ENOENT
        case .unauthenticated, .forbidden: EACCES
        // A vanished version and somebody else's change look alike to a reader: what it held is gone.
        case .versionGone, .conflict: ESTALE
        case .invalid: EINVAL
        case .quotaExceeded: EDQUOT
        case .tooLarge: EFBIG
        // The store answers, but not usefully, to the end of the deadline.
        case .throttled, .serverFailure, .timedOut: ETIMEDOUT
        // ENETUNREACH is kept for "known to be offline", so that scripts can tell the two apart.
        case .unresolved, .unreachable: EHOSTUNREACH
        case .reset: ECONNRESET
        case .offline: ENETUNREACH
        // Nothing else says "I would not trust who answered"; EACCES would blame the person.
        case .untrusted: EPROTO
        case .corrupt: EIO
        case .readOnly: EROFS
        case .unsupported: EOPNOTSUPP
        case .interrupted: EINTR
        case .localFailure: EIO
        }
    }
}
