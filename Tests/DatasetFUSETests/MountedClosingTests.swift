internal import DatasetTestSupport
internal import Glibc
internal import Testing

@Suite("Closing what was written on a mount", .enabled(if: TinyMount.isPossible, "there is no usable /dev/fuse"))
struct MountedClosingTests {
    @Test("errors of flush, fsync and write reach their callers")
    func errors() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                def fresh(n,rule):
                    f=os.open(n,os.O_CREAT|os.O_RDWR); os.write(f,b'x'); control(n,'fail',rule); return f
                print(name(os.close,fresh('a','flush 28')),name(os.close,fresh('b','flush 116')))
                f=fresh('c','fsync 5'); print(name(os.fsync,f),name(os.close,f))
                f=fresh('d','write 122'); print(name(os.write,f,b'y'),os.fstat(f).st_size,name(os.close,f))
                f=fresh('e','flush 38'); print(name(os.close,f)); log()
                print(name(os.close,os.open('e',os.O_WRONLY)),log('flush'))
                """
            )
            #expect(answer == "ENOSPC ESTALE\nEIO None\nEDQUOT 1 None\nENOTSUP\nENOTSUP flush e")
        }
    }

    @Test("every close of a writer flushes, the last one releases, and a reader's close is silent")
    func counts() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                f=os.open('a',os.O_CREAT|os.O_WRONLY); g=os.dup(f); log(); os.close(f); print(log()); os.close(g)
                until(lambda: 'release' in seen('log')); print(log())
                r=os.open('a',os.O_RDONLY); os.close(r); until(lambda: 'release' in seen('log')); print(log())
                """
            )
            #expect(answer == "flush a\nflush a, release a\nopen a, release a")
        }
    }

    @Test("a signal interrupts a close that waits, with EINTR")
    func interruption() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                signal.signal(signal.SIGALRM,lambda *_:None); signal.siginterrupt(signal.SIGALRM,True)
                f=os.open('a',os.O_CREAT|os.O_WRONLY); control('.','hold','flush a')
                signal.setitimer(signal.ITIMER_REAL,0.2); print(call(libc.close,f))
                f=os.open('a',os.O_WRONLY); control('.','hold','fsync a')
                signal.setitimer(signal.ITIMER_REAL,0.2); print(call(libc.fsync,f),call(libc.close,f))
                """,
                within: .seconds(20)
            )
            #expect(answer == "EINTR\nEINTR 0")
        }
    }

    @Test("a writer that is killed flushes and releases like one that ends, also while its close waits")
    func killed() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                def writer(n,closes):
                    child=os.fork()
                    if child: return child
                    f=os.open(n,os.O_CREAT|os.O_WRONLY); os.write(f,b'words')
                    if closes: control('.','hold','flush '+n); os.close(f)
                    control('.','ready','1'); time.sleep(60)
                def ready():
                    return name(os.getxattr,'.','user.ready')==b'1'
                child=writer('a',False); until(ready); os.kill(child,9); os.waitpid(child,0)
                until(lambda: 'release a' in seen('log')); print(log('write','flush','release'))
                child=writer('b',True); until(lambda: seen('held')=='flush 1'); os.kill(child,9)
                print(os.waitstatus_to_exitcode(os.waitpid(child,0)[1]))
                until(lambda: 'release b' in seen('log')); print(log('write','flush','release'),open('a').read(),open('b').read())
                """,
                within: .seconds(20)
            )
            #expect(
                answer == """
                    write a 0+5, flush a, release a
                    -9
                    write b 0+5, flush b, release b words words
                    """
            )
        }
    }

    @Test("close, fsync and waiting for the queue outlive a request's deadline; other calls do not")
    func deadlines() async throws {
        try await withMemoryMount("--deadline", "1") { mount async throws in
            let answer = try await mount.python(
                """
                answers=[]
                def run(f,*a): t=threading.Thread(target=lambda: answers.append(name(f,*a))); t.start(); return t
                for n in 'abc': open(n,'w').close()
                control('.','hold','flush a,fsync b,sync c,mkdir d')
                f=os.open('a',os.O_WRONLY); g=os.open('b',os.O_WRONLY)
                threads=[run(os.close,f),run(os.fsync,g),run(control,'c','datasetfs.sync','1')]
                until(lambda: seen('held')=='flush 1 fsync 1 sync 1')
                os.mkdir('d'); print(name(os.mkdir,'d/x'),seen('held'))
                os.removexattr('.','user.hold')
                for t in threads: t.join()
                print(answers)
                """,
                within: .seconds(20)
            )
            #expect(answer == "ETIMEDOUT flush 1 fsync 1 sync 1\n[None, None, None]")
        }
    }

    @Test("the end of the session ends a close that waits")
    func sessionEnd() async throws {
        let mount = try await onThread { () throws in try TinyMount(["--memory"]) }
        let program = "import os; f=os.open('\(mount.file("a"))',1); os.close(f)"
        _ = try await shell("touch \(mount.file("a")); setfattr -n user.hold -v 'flush a' \(mount.path)")
        let writer = try RunningProcess("python3", ["-c", program])
        _ = try await shell(
            "until [ \"$(getfattr --only-values -n user.held \(mount.path))\" = 'flush 1' ]; do sleep .02; done"
        )

        let ending = try await onThread { () throws in try mount.end() }
        #expect(ending.contains("exitRequested"))
        let result = try await onThread { () throws in try writer.wait(within: .seconds(10)) }
        #expect(result.error.contains("Interrupted system call"))
    }
}
