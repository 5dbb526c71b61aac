internal import DatasetTestSupport
internal import Testing

@Suite("Writing on a mount", .enabled(if: TinyMount.isPossible, "there is no usable /dev/fuse"))
struct MountedWritingTests {
    @Test("writes of any size up to 4 MiB arrive whole, through pages and past them")
    func sizes() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                for n in [1,4095,4096,4097,65537,1<<20,(1<<20)+1,3000001,4<<20]:
                    data=os.urandom(n); open('a','wb',0).write(data)
                    assert open('a','rb').read()==data, n
                m=mmap.mmap(-1,4<<20); m.write(os.urandom(4<<20))
                f=os.open('b',os.O_CREAT|os.O_RDWR|os.O_DIRECT)
                print(os.write(f,m),os.pread(os.open('b',os.O_RDONLY),4<<20,0)==m[:])
                # Overwriting what stands, in pieces that may travel side by side.
                m.seek(0); m.write(os.urandom(4<<20)); print(os.pwrite(f,m,0),open('b','rb').read()==m[:])
                """
            )
            #expect(answer == "4194304 True\n4194304 True")
        }
    }

    @Test("what was skipped reads as zeros, and a file can be cut and stretched")
    func holes() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                f=os.open('a',os.O_CREAT|os.O_RDWR)
                os.pwrite(f,b'end',1000000); print(os.fstat(f).st_size,os.pread(f,4,0),os.pread(f,9,999999))
                os.ftruncate(f,1000001); print(os.fstat(f).st_size,os.pread(f,9,999999))
                os.ftruncate(f,1000004); print(os.pread(f,9,999999))
                os.truncate('a',2); print(os.fstat(f).st_size,os.pread(f,9,0)); print(log('change'))
                """
            )
            #expect(
                answer == """
                    1000003 b'\\x00\\x00\\x00\\x00' b'\\x00end'
                    1000001 b'\\x00e'
                    b'\\x00e\\x00\\x00\\x00'
                    2 b'\\x00\\x00'
                    change a size 1000001 by handle, change a size 1000004 by handle, change a size 2
                    """
            )
        }
    }

    @Test("appending writers follow one another, and pieces of one direct append keep their order")
    func appending() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                f,g=[os.open('a',os.O_CREAT|os.O_WRONLY|os.O_APPEND) for _ in 'xy']
                for n in range(6): os.write(g if n%2 else f,b'%d'%n*3)
                print(open('a').read()); print(log('write'))
                m=mmap.mmap(-1,4<<20); d=os.open('b',os.O_CREAT|os.O_WRONLY|os.O_APPEND|os.O_DIRECT)
                whole=b''
                for n in range(5): m.seek(0); m.write(os.urandom(4<<20)); os.write(d,m); whole+=m[:]
                print(open('b','rb').read()==whole)
                """
            )
            #expect(answer.hasPrefix("000111222333444555\nwrite a 0+3 appends, write a 3+3 appends, "))
            #expect(answer.hasSuffix("\nTrue"))
        }
    }

    @Test("a shared mapping's bytes arrive by msync, and behind close before the release")
    func mapping() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                f=os.open('a',os.O_CREAT|os.O_RDWR); os.ftruncate(f,3*4096); m=mmap.mmap(f,3*4096)
                m[0:5]=b'first'; m.flush(); print(os.pread(f,5,0)); g=os.open('a',os.O_RDONLY|os.O_DIRECT)
                print(os.pread(g,4096,0)[:5]); os.close(g); log()
                m[4096:4102]=b'second'; os.close(f); print(log('write','flush','release'))
                """
                    // Python's mapping holds a descriptor of its own: closing it is one more flush.
                    + "\nm[8192:8197]=b'third'; m.close(); until(lambda: 'release a' in seen('log'))"
                    + "\nprint(log('write','flush','release')); b=open('a','rb').read(); print(b[4096:4102],b[8192:8197])"
            )
            #expect(
                answer == """
                    b'first'
                    b'first'
                    write a 4096+4096, flush a
                    write a 8192+4096, flush a, release a
                    b'second' b'third'
                    """
            )
        }
    }

    @Test("a mapping outlives every descriptor: its bytes come behind the last flush, before the release")
    func mappingAlone() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                libc.mmap.restype=ctypes.c_void_p
                f=os.open('a',os.O_CREAT|os.O_RDWR); os.ftruncate(f,4096); log()
                p=libc.mmap(None,4096,3,1,f,0); os.close(f); ctypes.memmove(p,b'late',4)
                print(libc.munmap(ctypes.c_void_p(p),4096)); until(lambda: 'release a' in seen('log'))
                print(log('write','flush','release')); print(open('a','rb').read()[:4])
                """
            )
            #expect(answer == "0\nflush a, write a 0+4096, release a\nb'late'")
        }
    }

    @Test("our own writes leave the kernel its other pages, and nobody reads old ones")
    func pages() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                open('a','wb').write(b'x'*300000); r=os.open('a',os.O_RDONLY); os.pread(r,300000,0); log()
                f=os.open('a',os.O_RDWR)
                for n in range(5): os.pwrite(f,b'%d'%n,8192*n); os.fstat(r); os.utime('a')
                os.pwrite(f,b'end',299999); os.close(f)
                b=os.pread(r,400000,0); print(len(b),[chr(b[8192*n]) for n in range(5)],b[-4:],b.count(b'x'))
                print(log('read'))
                """
            )
            #expect(answer == "300002 ['0', '1', '2', '3', '4'] b'xend' 299994")
        }
    }

    @Test("each write to a synchronous file is synchronised")
    func synchronous() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                f=os.open('a',os.O_CREAT|os.O_WRONLY|os.O_DSYNC); os.write(f,b'1'); os.write(f,b'2')
                os.fdatasync(f); os.fsync(os.open('.',os.O_RDONLY)); print(log('write','fsync','fsyncdir'))
                """
            )
            #expect(answer == "write a 0+1, fsync a, write a 1+1, fsync a, fsync a, fsyncdir /")
        }
    }
}
