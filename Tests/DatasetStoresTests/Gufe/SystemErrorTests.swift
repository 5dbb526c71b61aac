import DatasetModel
import Glibc
import Testing

@testable import DatasetStores

@Suite("Gufe.SystemError")
struct SystemErrorTests {
    @Test(
        "An errno becomes the code that says what is known",
        arguments: [
            (ENOENT, .notFound), (ENOTDIR, .notFound), (ELOOP, .notFound), (EACCES, .forbidden), (EPERM, .forbidden),
            (ESTALE, .versionGone), (EIO, .localFailure), (ENXIO, .localFailure), (EMFILE, .localFailure),
            (ENOTCONN, .unreachable), (ETIMEDOUT, .timedOut), (EROFS, .readOnly), (ENAMETOOLONG, .invalid),
            (ENOSPC, .quotaExceeded), (EUCLEAN, .corrupt), (ECONNRESET, .reset), (9999, .localFailure),
        ] as [(Int32, StoreError.Code)]
    )
    func code(_ number: Int32, _ code: StoreError.Code) {
        let error = StoreError(Gufe.SystemError(number: number), "“a.txt” in file:/data")

        #expect(error.code == code)
        #expect(error.message.hasPrefix("“a.txt” in file:/data: "))
    }

    @Test("Only what says that nothing is there makes a name vanish")
    func absence() {
        let absent = (1...133).filter { StoreError(Gufe.SystemError(number: $0), "x").code == .notFound }

        #expect(absent == [ENOENT, ENOTDIR, ELOOP].sorted())
    }
}
