internal import Testing

@testable internal import DatasetFUSE

@Suite("Mounts")
struct MountsTests {
    private static let table = #"""
        27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard
        40 27 0:21 / /proc rw - proc proc rw
        50 27 0:60 / /data/my\040set rw,nosuid - fuse.datasetfs edison:\134x rw,user_id=0
        51 50 0:61 / /data/my\040set/sub rw - tmpfs tmpfs rw
        52 27 0:62 / /data/twice rw - fuse.datasetfs a rw
        53 52 0:63 / /data/twice rw - ext4 /dev/vdb rw
        not a line
        """#

    private let mounts = Mounts.parse(table)

    @Test("a line is read with its optional fields and octal escapes")
    func lines() {
        #expect(mounts.count == 6)
        #expect(
            mounts[2]
                == MountRecord(
                    device: "0:60",
                    path: "/data/my set",
                    type: "fuse.datasetfs",
                    source: "edison:\\x",
                    options: "rw,nosuid"
                )
        )
        #expect(mounts[0].device == "254:0" && mounts[0].type == "ext4")
        #expect(mounts.filter(\.isOurs).map(\.path) == ["/data/my set", "/data/twice"])
    }

    @Test("an escape that is none stays as it is", arguments: ["a\\", "a\\04", "a\\09x", "\\\\"])
    func brokenEscapes(field: String) {
        #expect(MountRecord.unescaped(Substring(field)) == field)
    }

    @Test(
        "the deepest mount answers for a path, and the last of several on one directory",
        arguments: [
            ("/data/my set/a/b", "fuse.datasetfs"), ("/data/my set", "fuse.datasetfs"), ("/data/my settings", "ext4"),
            ("/data/my set/sub/x", "tmpfs"), ("/data/twice/x", "ext4"), ("/", "ext4"), ("/proc/self", "proc"),
        ]
    )
    func innermost(path: String, type: String) {
        #expect(Mounts.innermost(mounts, containing: path)?.type == type)
    }

    @Test(
        "a path becomes absolute without asking a file system",
        arguments: [("/a//b/./c/../d/", "/a/b/d"), ("/..", "/"), ("/a/../../b", "/b"), ("/", "/")]
    )
    func absolutePaths(path: String, expected: String) {
        #expect(Path.absolute(path) == expected)
    }

    @Test("this machine's own table can be read")
    func ownTable() {
        #expect(Mounts.all().contains { $0.path == "/proc" && $0.type == "proc" })
    }
}
