internal import CFUSE
internal import DatasetModel
internal import DatasetVFS
internal import Glibc
internal import Testing

@testable internal import DatasetFUSE

@Suite("Conversions to the kernel's values")
struct ConversionTests {
    private func status(_ kind: FileKind, size: UInt64) -> FileStatus {
        FileStatus(
            inode: Inode(77),
            kind: kind,
            size: size,
            permissions: 0o640,
            links: 3,
            owner: 5,
            group: 6,
            accessed: Timestamp(nanoseconds: 1_500_000_000),
            modified: Timestamp(nanoseconds: -1),
            changed: Timestamp(nanoseconds: 0)
        )
    }

    @Test("a status keeps every field, blocks rounded up", arguments: [FileKind.regular, .directory, .symbolicLink])
    func statusFields(kind: FileKind) {
        let value = stat(status(kind, size: 1025))

        #expect(value.st_ino == 77)
        #expect(value.st_mode == kind.modeBits | 0o640)
        #expect(value.st_nlink == 3)
        #expect(value.st_uid == 5 && value.st_gid == 6)
        #expect(value.st_size == 1025 && value.st_blocks == 3)
        #expect(value.st_atim.tv_sec == 1 && value.st_atim.tv_nsec == 500_000_000)
    }

    @Test("a time before 1970 keeps its nanoseconds positive")
    func earlyTime() {
        let value = stat(status(.regular, size: 0))

        #expect(value.st_mtim.tv_sec == -1 && value.st_mtim.tv_nsec == 999_999_999)
    }

    @Test("a size beyond what stat can say is the largest it can")
    func hugeSize() {
        #expect(stat(status(.regular, size: .max)).st_size == off_t.max)
    }

    @Test("an entry's lifetime holds for name and attributes, and is never negative")
    func lifetimes() {
        let entry = Entry(status: status(.regular, size: 1), lifetime: .milliseconds(2500))
        let parameter = fuse_entry_param(entry)

        #expect(parameter.ino == 77 && parameter.generation == 0)
        #expect(parameter.entry_timeout == 2.5 && parameter.attr_timeout == 2.5)
        #expect(Duration.seconds(-3).kernelSeconds == 0)
    }

    @Test("a name is UTF-8 of at most 255 bytes")
    func names() throws {
        #expect(try unsafe String(kernelName: "Grüße") == "Grüße")
        let longest = String(repeating: "é", count: 127) + "x"
        #expect(try unsafe String(kernelName: longest) == longest)
        #expect(throws: VFSError(errno: ENAMETOOLONG)) { try unsafe String(kernelName: longest + "x") }
        let invalid: [CChar] = [65, -1, 66, 0]
        #expect(throws: VFSError.notFound) { try unsafe String(kernelName: invalid) }
    }

    @Test("setxattr's flags demand what they say")
    func attributeRules() throws {
        #expect(AttributeRule(flags: 0) == nil)
        let fresh = try #require(AttributeRule(flags: 1))
        let present = try #require(AttributeRule(flags: 2))

        try fresh.check(exists: false)
        try present.check(exists: true)
        #expect(throws: VFSError(errno: EEXIST)) { try fresh.check(exists: true) }
        #expect(throws: VFSError.noData) { try present.check(exists: false) }
    }

    @Test("a status change takes the fields that count and both forms of a time")
    func statusChange() {
        var values = stat()
        values.st_mode = S_IFREG | 0o1640
        values.st_uid = 5
        values.st_gid = 6
        values.st_size = 99
        values.st_atim = timespec(tv_sec: 3, tv_nsec: 4)
        values.st_mtim = timespec(tv_sec: -1, tv_nsec: 999_999_999)
        #expect(StatusChange(values, fields: 1 << 11) == StatusChange())

        let all = StatusChange(values, fields: 0x3F)
        #expect(all.permissions == 0o1640 && all.owner == 5 && all.group == 6 && all.size == 99)
        #expect(all.accessed == .at(Timestamp(nanoseconds: 3_000_000_004)))
        #expect(all.modified == .at(Timestamp(nanoseconds: -1)))
        let now = StatusChange(values, fields: 1 << 4 | 1 << 7 | 1 << 8)
        #expect(now.accessed == .now && now.modified == .now && now.size == nil)
    }

    @Test("a time beyond what can be kept is the nearest that can")
    func extremeTimes() {
        #expect(Timestamp(timespec(tv_sec: .max, tv_nsec: 0)).nanoseconds == .max)
        #expect(Timestamp(timespec(tv_sec: .min, tv_nsec: 0)).nanoseconds == .min)
    }
}
