internal import DatasetTestSupport
internal import Testing

@Suite("A mounted tree, read by real programs", .enabled(if: TinyMount.isPossible, "there is no usable /dev/fuse"))
struct MountedReadingTests {
    @Test("names, kinds, sizes, times and links show as the file system says")
    func listing() async throws {
        try await withTinyMount { mount async throws in
            let lines = try await shell("cd \(mount.path) && ls -l --time-style=+%s | tr -s ' '")

            #expect(lines.contains("-rw-r--r-- 1 root root 13 1700000000 hello.txt"))
            #expect(lines.contains("link -> hello.txt"))
            #expect(lines.contains("Grüße 世界.txt"))
            let stat = try await shell("stat -c '%F %s %h %a %i %b %y' \(mount.file("hello.txt"))")
            #expect(stat.hasPrefix("regular file 13 1 644 4 1 2023-11-14 22:13:20.123456789"))
            #expect(try await shell("readlink \(mount.file("link"))") == "hello.txt")
            #expect(try await shell("cat \(mount.file("link"))") == "hello, world")
        }
    }

    @Test("find and ls -R see the same names, bare or with attributes", arguments: [[], ["--bare"]])
    func walking(options: [String]) async throws {
        let mount = try await onThread { () throws in try TinyMount(options + ["--wide", "300"]) }
        #expect(try await shell("find \(mount.path) | wc -l") == "311")
        #expect(try await shell("find \(mount.path) -type f -size -2 | wc -l") == "304")
        #expect(try await shell("ls -lR \(mount.path)/wide | grep -c file-") == "300")
        #expect(try await shell("cat \(mount.path)/wide/* | sort -n | tail -1") == "299")
        _ = try await onThread { () throws in try mount.end() }
    }

    @Test("70,000 names in one directory are all listed, once")
    func wideDirectory() async throws {
        try await withTinyMount("--wide", "70000") { mount async throws in
            #expect(try await shell("ls -f \(mount.file("wide")) | grep -v '^\\.' | sort -u | wc -l") == "70000")
            #expect(try await shell("ls -l \(mount.file("wide")) | grep -c file-") == "70000")
            #expect(try await shell("find \(mount.file("wide")) -size +0 -type f | wc -l") == "70000")
        }
    }

    @Test("the same bytes come through cat, dd at any offset and mmap")
    func contents() async throws {
        try await withTinyMount("--big", "3000001") { mount async throws in
            let big = mount.file("big.bin")
            let digest = try await shell("cat \(big) | md5sum")

            #expect(try await shell("dd if=\(big) bs=1M 2>/dev/null | md5sum") == digest)
            #expect(try await shell("dd if=\(big) bs=777 iflag=direct 2>/dev/null | md5sum") == digest)
            let mapped = """
                import mmap,hashlib
                with open('\(big)','rb') as f:
                    print(hashlib.md5(mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ)).hexdigest()+'  -')
                """
            #expect(try await shell("python3 -c \"\(mapped)\"") == digest)
            let byte = try await shell("dd if=\(big) bs=1 skip=2999999 count=1 2>/dev/null | od -An -tu1 | tr -d ' '")
            let offset: UInt64 = 2_999_999
            #expect(byte == "\(UInt8(truncatingIfNeeded: offset &* 31 ^ (offset >> 12)))")
            #expect(try await shell("tail -c 5 \(big) | wc -c") == "5")
        }
    }

    @Test("SEEK_DATA and SEEK_HOLE see one piece of data")
    func seeking() async throws {
        try await withTinyMount("--big", "100000") { mount async throws in
            let program = """
                import os
                f=os.open('\(mount.file("big.bin"))',os.O_RDONLY)
                print(os.lseek(f,5,os.SEEK_DATA),os.lseek(f,5,os.SEEK_HOLE))
                """
            #expect(try await shell("python3 -c \"\(program)\"") == "5 100000")
        }
    }

    @Test("names that cannot be are answered as such")
    func impossibleNames() async throws {
        try await withTinyMount { mount async throws in
            let long = String(repeating: "x", count: 256)
            #expect(try await shell("cat \(mount.file(long))").contains("File name too long"))
            #expect(try await shell("cat \(mount.file("absent"))").contains("No such file"))
            #expect(try await shell("cat \"$(printf '\(mount.path)/\\377\\376')\"").contains("No such file"))
        }
    }

    @Test("the largest read can be limited")
    func maximumRead() async throws {
        try await withTinyMount("--max-read", "65536", "--big", "3000001") { mount async throws in
            #expect(try await shell("findmnt -n -o OPTIONS \(mount.path)").contains("max_read=65536"))
            #expect(try await shell("cat \(mount.file("big.bin")) | wc -c") == "3000001")
        }
    }

    @Test("statfs and the mount table show what the mount was made with")
    func tables() async throws {
        try await withTinyMount { mount async throws in
            #expect(try await shell("stat -f -c '%b %f %s %l' \(mount.path)") == "1000 0 4096 255")
            let row = try await shell("findmnt -n -t fuse.datasetfs -o SOURCE,OPTIONS \(mount.path)")
            #expect(row.hasPrefix("tiny, \\tree "))
            #expect(row.contains("nosuid,nodev,noatime") && row.contains("default_permissions"))
        }
    }
}
