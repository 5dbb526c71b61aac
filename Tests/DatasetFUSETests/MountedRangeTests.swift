internal import DatasetTestSupport
internal import Testing

@Suite("Ranges and attributes of files on a mount", .enabled(if: TinyMount.isPossible, "there is no usable /dev/fuse"))
struct MountedRangeTests {
    @Test("fallocate's modes do what they say, and others are not supported")
    func allocating() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                def room(f,mode,offset,count):
                    return call(libc.fallocate,f,mode,ctypes.c_long(offset),ctypes.c_long(count))
                f=os.open('a',os.O_CREAT|os.O_RDWR); size=lambda: os.fstat(f).st_size
                print(room(f,0,0,200000),size(),room(f,1,0,400000),size())
                os.pwrite(f,b'x'*200000,0)
                print(room(f,3,65536,65536),size(),os.pread(f,200000,0).count(b'x'))
                print(room(f,16,199990,20),size(),os.pread(f,300000,0).count(b'x'))
                print(room(f,17,0,10),size(),os.pread(f,300000,0).count(b'x'))
                print(room(f,8,0,65536),room(f,32,0,65536)); os.posix_fallocate(f,0,300000); print(size())
                """
            )
            #expect(
                answer == """
                    0 200000 0 200000
                    0 200000 134464
                    0 200010 134454
                    0 200010 134444
                    ENOTSUP ENOTSUP
                    300000
                    """
            )
        }
    }

    @Test("data and holes are found, and other seeks stay the kernel's")
    func seeking() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                f=os.open('a',os.O_CREAT|os.O_RDWR); os.pwrite(f,b'x',1<<20); os.ftruncate(f,3<<20)
                seek=lambda offset,how: name(os.lseek,f,offset,how)
                print(seek(0,os.SEEK_DATA),seek(0,os.SEEK_HOLE),seek(1<<20,os.SEEK_HOLE),seek(2<<20,os.SEEK_DATA))
                print(seek(2<<20,os.SEEK_HOLE),seek(3<<20,os.SEEK_HOLE),seek(0,os.SEEK_END),seek(0,9))
                """
            )
            #expect(answer == "1048576 0 1114112 ENXIO\n2097152 ENXIO 3145728 EINVAL")
        }
    }

    @Test("copy_file_range copies in the file system, also over pages that the kernel holds")
    func copying() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                data=os.urandom(20<<20); open('a','wb').write(data); open('b','wb').write(b'y'*1000); log()
                s=os.open('a',os.O_RDONLY); t=os.open('b',os.O_RDWR); os.pread(t,1000,0)
                print(os.copy_file_range(s,t,100,0,500),os.pread(t,1000,0)==b'y'*500+data[:100]+b'y'*400)
                total=0; log()
                while n:=os.copy_file_range(s,t,64<<20,total,total): total+=n
                print(total,open('b','rb').read()==data,log('copy','write'))
                """
            )
            #expect(answer.hasPrefix("100 True\n20971520 True copy a "))
            #expect(!answer.contains("write"))
        }
    }

    @Test("times, modes and owners are what they were set to")
    func attributes() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                open('a','w').write('x'); os.utime('a',ns=(1_500_000_000_123_456_789,-5)); s=os.stat('a')
                print(s.st_atime_ns,s.st_mtime_ns)
                now,omit=(1<<30)-1,(1<<30)-2
                times=(ctypes.c_long*4)(0,omit,0,now); libc.utimensat(-100,b'a',times,0); s=os.stat('a')
                print(s.st_atime_ns,abs(s.st_mtime-time.time())<60)
                os.chmod('a',0o604); os.chown('a',12,34); s=os.stat('a'); print(oct(s.st_mode),s.st_uid,s.st_gid)
                f=os.open('a',os.O_RDWR); os.fchmod(f,0o640); os.utime(f,(7,8)); print(oct(os.stat('a').st_mode),os.stat('a').st_mtime)
                """
            )
            #expect(
                answer == """
                    1500000000123456789 -5
                    1500000000123456789 True
                    0o100604 12 34
                    0o100640 8.0
                    """
            )
        }
    }

    @Test("trees go in by cp and tar and come out the same")
    func programs() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await shell(
                """
                cd \(mount.path) && cp -a /etc/alternatives /etc/security . && tar cf - -C /etc pam.d | tar xf - \
                && diff -r --no-dereference /etc/alternatives alternatives && diff -r /etc/security security \
                && diff -r /etc/pam.d pam.d && seq 200000 > s && sed -i s/7/x/ s && grep -c x s \
                && dd if=/dev/zero of=z bs=1M count=3 seek=5 status=none && cp --sparse=always z y && cmp y z && rm -r * && ls
                """
            )
            #expect(answer == "81902")
        }
    }
}
