import DatasetModel
import Glibc
import Testing

@testable import DatasetVFS

@Suite("VFSError")
struct VFSErrorTests {
    @Test("Each thing a store can say has its errno", arguments: StoreError.Code.allCases)
    func table(code: StoreError.Code) {
        let expected: [StoreError.Code: Int32] = [
            .notFound: ENOENT, .unauthenticated: EACCES, .forbidden: EACCES, .versionGone: ESTALE, .conflict: ESTALE,
            .invalid: EINVAL, .quotaExceeded: EDQUOT, .tooLarge: EFBIG, .throttled: ETIMEDOUT,
            .serverFailure: ETIMEDOUT, .unresolved: EHOSTUNREACH, .unreachable: EHOSTUNREACH, .reset: ECONNRESET,
            .timedOut: ETIMEDOUT, .offline: ENETUNREACH, .untrusted: EPROTO, .corrupt: EIO, .readOnly: EROFS,
            .unsupported: ENOTSUP, .interrupted: EINTR, .localFailure: EIO,
        ]

        #expect(code.errno == expected[code])
        #expect(VFSError(StoreError(code, "x")).errno == expected[code])
    }

    @Test("The store's words stay behind the errno")
    func cause() {
        let cause = StoreError(.throttled, "too many requests", remedy: "Wait.", httpStatus: 429, requestID: "r")

        #expect(VFSError(cause).cause == cause)
        #expect(VFSError.stale.cause == nil)
    }
}
