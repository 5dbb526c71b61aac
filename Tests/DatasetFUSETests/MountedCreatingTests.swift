internal import DatasetTestSupport
internal import Testing

@Suite("Making files on a mount", .enabled(if: TinyMount.isPossible, "there is no usable /dev/fuse"))
struct MountedCreatingTests {
    @Test("a file is made with the caller's umask applied, and only once")
    func flags() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                os.umask(0o027)
                f=os.open('a',os.O_CREAT|os.O_EXCL|os.O_RDWR,0o666)
                print(oct(os.fstat(f).st_mode),os.fstat(f).st_uid==os.getuid())
                print(name(os.open,'a',os.O_CREAT|os.O_EXCL|os.O_RDWR))
                os.mkdir('d',0o777); print(oct(os.stat('d').st_mode))
                print(name(os.open,'.',os.O_TMPFILE|os.O_RDWR))
                print(name(os.open,'d',os.O_CREAT|os.O_WRONLY))
                """
            )
            #expect(answer == "0o100640 True\nEEXIST\n0o40750\nENOTSUP\nEISDIR")
        }
    }

    @Test("O_TRUNC comes with the open")
    func truncating() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                open('a','w').write('some words'); log()
                f=os.open('a',os.O_WRONLY|os.O_TRUNC); print(os.fstat(f).st_size, os.pread(os.open('a',os.O_RDONLY),9,0))
                print(log('open','change'))
                os.close(f); g=os.open('a',os.O_RDONLY|os.O_TRUNC); log(); os.close(g); print(log('flush'))
                """
            )
            #expect(answer == "0 b''\nopen a trunc, open a\nflush a")
        }
    }

    @Test("what has no place at a store is refused")
    func refusals() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                os.mknod('r',0o640|stat.S_IFREG); print(oct(os.stat('r').st_mode))
                print(name(os.mkfifo,'p'),name(os.mknod,'c',stat.S_IFCHR|0o600,259),name(os.link,'r','second'))
                print(name(socket.socket(socket.AF_UNIX).bind,'s'))
                print(name(os.open,b'\\xff\\xfe',os.O_CREAT|os.O_WRONLY),name(os.mkdir,'x'*256))
                os.symlink('https://example.org/x','l'); print(os.readlink('l'),os.lstat('l').st_size,name(os.symlink,'y','l'))
                """
            )
            #expect(
                answer == "0o100640\nEPERM EPERM EPERM\nEPERM\nEILSEQ ENAMETOOLONG\nhttps://example.org/x 21 EEXIST"
            )
        }
    }

    @Test("a file that somebody else made meanwhile is opened, unless it was to be new")
    func planted() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                for n in 'xyz': print(name(os.stat,n)); control('.','plant',n)
                print(name(os.open,'x',os.O_CREAT|os.O_EXCL|os.O_WRONLY))
                f=os.open('y',os.O_CREAT|os.O_RDWR|os.O_APPEND); os.write(f,b'more'); print(os.pread(f,99,0))
                f=os.open('z',os.O_CREAT|os.O_RDWR|os.O_TRUNC); print(os.fstat(f).st_size)
                """
            )
            #expect(answer == "ENOENT\nENOENT\nENOENT\nEEXIST\nb'planted\\nmore'\n0")
        }
    }

    @Test("a mount is writable or read-only as its options say")
    func readOnly() async throws {
        try await withMemoryMount { mount async throws in
            #expect(try await shell("findmnt -n -o OPTIONS \(mount.path)").hasPrefix("rw,"))
        }
        try await withMemoryMount("--read-only") { mount async throws in
            #expect(try await shell("findmnt -n -o OPTIONS \(mount.path)").hasPrefix("ro,"))
            #expect(try await shell("touch \(mount.file("a"))").contains("Read-only file system"))
        }
    }

    @Test("everything that was made and removed is forgotten and released")
    func balance() async throws {
        try await withMemoryMount { mount async throws in
            _ = try await shell("cp -a /etc/alternatives \(mount.path) && rm -r \(mount.path)/alternatives")
            // Dropping may skip what is in use just then, and releases come late: asked again until it balances.
            var report = ""
            for _ in 0..<40 where report != "lookups 0 handles 0 nodes 1" {
                report = try await shell(
                    "echo 2 > /proc/sys/vm/drop_caches; getfattr --only-values -n user.report \(mount.path)"
                )
            }
            #expect(report == "lookups 0 handles 0 nodes 1")
        }
    }
}
