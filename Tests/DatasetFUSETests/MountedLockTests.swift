internal import DatasetTestSupport
internal import Testing

@Suite("Locks between processes on a mount", .enabled(if: TinyMount.isPossible, "there is no usable /dev/fuse"))
struct MountedLockTests {
    /// What a second process is answered while the first holds a lock, and when it has let go.
    private func conflict(lock: String, unlock: String) async throws -> String {
        var answer = ""
        try await withMemoryMount { mount async throws in
            answer = try await mount.python(
                """
                def record(kind,start,count): return struct.pack('hh4xqqi4x',kind,0,start,count,0)
                def second():
                    r,w=os.pipe(); child=os.fork()
                    if child==0:
                        f=os.open('a',os.O_RDWR); os.write(w,str(name(lambda: \(lock))).encode()); os._exit(0)
                    os.waitpid(child,0); return 'EAGAIN' if os.read(r,99)==b'EAGAIN' else 'free'
                f=os.open('a',os.O_CREAT|os.O_RDWR)
                \(lock); print(second()); \(unlock); print(second())
                """
            )
        }
        return answer
    }

    @Test("flock")
    func whole() async throws {
        let lock = "fcntl.flock(f,fcntl.LOCK_EX|fcntl.LOCK_NB)"
        #expect(try await conflict(lock: lock, unlock: "fcntl.flock(f,fcntl.LOCK_UN)") == "EAGAIN\nfree")
    }

    @Test("fcntl locks on ranges")
    func ranges() async throws {
        let lock = "fcntl.lockf(f,fcntl.LOCK_EX|fcntl.LOCK_NB,10,5)"
        #expect(try await conflict(lock: lock, unlock: "fcntl.lockf(f,fcntl.LOCK_UN,10,5)") == "EAGAIN\nfree")
        #expect(try await conflict(lock: lock, unlock: "os.close(os.open('a',os.O_RDONLY))") == "EAGAIN\nfree")
    }

    @Test("locks of open file descriptions")
    func descriptions() async throws {
        let lock = "fcntl.fcntl(f,fcntl.F_OFD_SETLK,record(fcntl.F_WRLCK,5,10))"
        let unlock = "fcntl.fcntl(f,fcntl.F_OFD_SETLK,record(fcntl.F_UNLCK,5,10))"
        #expect(try await conflict(lock: lock, unlock: unlock) == "EAGAIN\nfree")
    }
}
