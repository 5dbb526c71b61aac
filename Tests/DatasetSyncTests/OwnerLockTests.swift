import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetSync

@Suite struct OwnerLockTests {
    @Test("The second owner is told who the first one is, until that one lets go")
    func owned() throws {
        let place = try TemporaryDirectory()
        var first: OwnerLock? = try OwnerLock(path: place.file("lock"))

        #expect(throws: OwnerLock.Failure.owned(pid: getpid())) { _ = try OwnerLock(path: place.file("lock")) }

        withExtendedLifetime(first) {}
        first = nil
        _ = try OwnerLock(path: place.file("lock"))
    }

    @Test("A lock file that cannot be made is an error of the system")
    func impossible() throws {
        let place = try TemporaryDirectory()
        #expect(throws: OwnerLock.Failure.system(call: "open", errno: ENOENT)) {
            _ = try OwnerLock(path: place.file("nowhere/lock"))
        }
    }
}
