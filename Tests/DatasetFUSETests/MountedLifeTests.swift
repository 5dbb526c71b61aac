internal import DatasetFUSE
internal import DatasetSync
internal import DatasetTestSupport
internal import Glibc
internal import Testing

@Suite("The life of a mount", .enabled(if: TinyMount.isPossible, "there is no usable /dev/fuse"))
struct MountedLifeTests {
    @Test("the kernel forgets as often as it was told")
    func forgetBalance() async throws {
        try await withTinyMount("--wide", "500") { mount async throws in
            _ = try await shell("ls -lR \(mount.path); cat \(mount.file("dir/inner.txt")); ls \(mount.file("none"))")
            let before = try await shell("cat \(mount.file("statistics"))")
            #expect(!before.hasPrefix("lookups 0 "))

            // Dropping may skip what is in use just then: asked again until it balances.
            var after = ""
            for _ in 0..<20 where !after.hasPrefix("lookups 0 ") {
                after = try await shell("sync; echo 2 > /proc/sys/vm/drop_caches; cat \(mount.file("statistics"))")
            }
            #expect(after.hasPrefix("lookups 0 handles 1 "))
        }
    }

    @Test("a signal interrupts a read that waits", arguments: ["INT", "TERM", "KILL"])
    func interruption(signal: String) async throws {
        let ending = try await withTinyMount { mount async throws in
            let command = "timeout --preserve-status -s \(signal) 0.3 dd if=\(mount.file("blocked")) of=/dev/null"
            let took = try await ContinuousClock().measure { _ = try await shell(command) }
            #expect(took < .seconds(5))
        }
        #expect(ending.contains("interrupted 1"))
    }

    @Test("an interrupted read answers EINTR")
    func interruptedErrno() async throws {
        try await withTinyMount { mount async throws in
            let program = """
                import ctypes,errno,os,signal
                signal.signal(signal.SIGALRM,lambda *_:None); signal.siginterrupt(signal.SIGALRM,True)
                libc=ctypes.CDLL(None,use_errno=True); f=os.open('\(mount.file("blocked"))',os.O_RDONLY)
                signal.setitimer(signal.ITIMER_REAL,0.2)
                print(libc.read(f,ctypes.create_string_buffer(10),10),errno.errorcode[ctypes.get_errno()])
                """
            #expect(try await shell("python3 -c \"\(program)\"", within: .seconds(10)) == "-1 EINTR")
        }
    }

    @Test("a read that nobody interrupts ends with its deadline")
    func deadline() async throws {
        try await withTinyMount("--deadline", "1") { mount async throws in
            let answer = try await shell("cat \(mount.file("blocked"))", within: .seconds(10))
            #expect(answer.contains("Connection timed out"))
        }
    }

    @Test(
        "names and attributes are answered while a hundred reads wait, of a direct file or of pages",
        arguments: ["blocked", "blocked-pages"]
    )
    func metadataBesideReads(file: String) async throws {
        try await withTinyMount { mount async throws in
            let program = """
                import os,threading,time
                def wait(n):
                    f=os.open('\(mount.file(file))',os.O_RDONLY)
                    try: os.pread(f,4096,n<<23)
                    except OSError: pass
                for n in range(100): threading.Thread(target=wait,args=(n,),daemon=True).start()
                while b'handles 101' not in open('\(mount.file("statistics"))','rb').read(): time.sleep(0.01)
                time.sleep(0.2); start=time.time()
                os.listdir('\(mount.path)'); os.stat('\(mount.file("dir/inner.txt"))')
                open('\(mount.file("statistics"))','rb').read()
                print('quick' if time.time()-start<2 else 'slow',flush=True); os.kill(os.getpid(),9)
                """
            #expect(try await shell("python3 -c \"\(program)\"", within: .seconds(30)).hasPrefix("quick"))
        }
    }

    @Test("a signal that kills ends a wait for pages, of which we are not told")
    func killedPageReader() async throws {
        try await withTinyMount { mount async throws in
            let command = "timeout --preserve-status -s INT 0.3 cat \(mount.file("blocked-pages"))"
            let took = try await ContinuousClock().measure { _ = try await shell(command) }
            #expect(took < .seconds(20))
            #expect(try await shell("cat \(mount.file("statistics"))").contains(" interrupted 0 "))
        }
    }

    @Test("what was said to be gone or changed is asked for again")
    func invalidation() async throws {
        try await withTinyMount { mount async throws in
            let file = mount.file("hello.txt")
            #expect(try await shell("cat \(file)") == "hello, world")

            _ = try await shell("setfattr -n user.content -v 'changed and longer' \(file)")
            let seen =
                "for i in $(seq 100); do x=$(cat \(file)); [ \"$x\" = 'changed and longer' ] && break; sleep .02; done"
            #expect(try await shell("\(seen); echo $x; stat -c %s \(file)") == "changed and longer\n18")

            _ = try await shell("setfattr -n user.gone -v 1 \(file)")
            let gone = "for i in $(seq 100); do [ -e \(file) ] || break; sleep .02; done"
            #expect(try await shell("\(gone); cat \(file)").contains("No such file"))
        }
    }

    @Test("a signal ends the server and the mount although reads wait")
    func exitWhileReading() async throws {
        let mount = try await onThread { () throws in try TinyMount([]) }
        let reader = try RunningProcess("cat", [mount.file("blocked")])
        _ = try await shell(
            "until grep -q blocked /proc/\(reader.pid)/maps || ls -l /proc/\(reader.pid)/fd | grep -q blocked; do sleep .02; done"
        )

        let ending = try await onThread { () throws in try mount.end() }
        #expect(ending.contains("exitRequested"))
        #expect(Mounts.find(mount.path) == nil)
        let result = try await onThread { () throws in try reader.wait(within: .seconds(10)) }
        #expect(result.status != .exited(0))
    }
}
