internal import DatasetTestSupport
internal import Testing

@Suite("Attributes and changes through a mount", .enabled(if: TinyMount.isPossible, "there is no usable /dev/fuse"))
struct MountedAttributeTests {
    @Test("extended attributes are read, listed, set and removed")
    func attributes() async throws {
        try await withTinyMount { mount async throws in
            let file = mount.file("hello.txt")
            #expect(try await shell("getfattr --only-values -n user.description \(file)") == "a greeting")
            #expect(try await shell("setfattr -n user.tags -v 'a,b' \(file)") == "")
            #expect(try await shell("getfattr -d \(file) 2>/dev/null | grep -c user.") == "2")
            #expect(try await shell("setfattr -x user.tags \(file)") == "")
            #expect(try await shell("getfattr -n user.tags \(file)").contains("No such attribute"))
        }
    }

    @Test("the size protocol and the flags of setxattr hold")
    func protocolOfSizes() async throws {
        try await withTinyMount { mount async throws in
            let program = """
                import os,errno,ctypes
                f=b'\(mount.file("hello.txt"))'
                libc=ctypes.CDLL(None,use_errno=True)
                b=ctypes.create_string_buffer(100)
                print(libc.getxattr(f,b'user.description',None,0), libc.getxattr(f,b'user.description',b,10))
                print(libc.getxattr(f,b'user.description',b,9), errno.errorcode[ctypes.get_errno()])
                print(libc.listxattr(f,None,0), libc.listxattr(f,b,3), errno.errorcode[ctypes.get_errno()])
                for flags,name in ((os.XATTR_CREATE,'user.description'),(os.XATTR_REPLACE,'user.none')):
                    try: os.setxattr(f,name,b'x',flags)
                    except OSError as e: print(errno.errorcode[e.errno])
                os.setxattr(f,'user.description',b'y',os.XATTR_REPLACE); os.setxattr(f,'user.n',b'y',os.XATTR_CREATE)
                """
            let answer = try await shell("python3 -c \"\(program)\"")
            #expect(answer == "10 10\n-1 ERANGE\n17 -1 ERANGE\nEEXIST\nENODATA")
        }
    }

    @Test("names outside user. are not supported, and ls -l does not mind")
    func foreignNames() async throws {
        try await withTinyMount { mount async throws in
            let file = mount.file("hello.txt")
            #expect(try await shell("getfattr -n security.selinux \(file)").contains("not supported"))
            #expect(try await shell("setfattr -n trusted.x -v 1 \(file)").contains("not supported"))
            #expect(try await shell("ls -l \(file) | cut -c1-11") == "-rw-r--r-- ")
        }
    }

    @Test(
        "every change is refused as the file system says",
        arguments: [
            "touch new", "mkdir new", "rm hello.txt", "rmdir dir", "mv hello.txt x", "ln -s a x",
            "chmod 600 hello.txt", "truncate -s 1 hello.txt", "sh -c 'echo x >> hello.txt'",
            "touch hello.txt", "python3 -c \"import os;os.posix_fallocate(os.open('hello.txt',os.O_RDWR),0,1)\"",
        ]
    )
    func refusals(command: String) async throws {
        try await withTinyMount { mount async throws in
            #expect(try await shell("cd \(mount.path) && \(command)").contains("Read-only file system"))
        }
    }

    @Test("a read-only mount is refused by the kernel itself")
    func readOnlyMount() async throws {
        try await withTinyMount("--read-only") { mount async throws in
            #expect(try await shell("findmnt -n -o OPTIONS \(mount.path)").hasPrefix("ro,"))
            #expect(try await shell("touch \(mount.file("new"))").contains("Read-only file system"))
        }
    }

    @Test("locks work between processes of this machine")
    func locks() async throws {
        try await withTinyMount { mount async throws in
            let file = mount.file("hello.txt")
            #expect(try await shell("flock -s \(file) -c 'flock -n -x \(file) true || echo held'") == "held")
        }
    }
}
