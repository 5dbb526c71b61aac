internal import DatasetModel

/// The version of a member: that of its archive, which member it is there, and what `stat` wants to know of it.
///
/// It says all that is needed to read the member again without asking the store: the archive's own version and size.
struct MemberVersion: Equatable, Sendable {
    /// Bytes of the archive.
    var archiveSize: UInt64
    /// In the order of the archive's directory.
    var index: Int
    var crc32: UInt32
    /// Somebody may execute it.
    var isExecutable: Bool
    var archive: Version

    private static let mark = "zip"

    init(archiveSize: UInt64, index: Int, crc32: UInt32, isExecutable: Bool, archive: Version) {
        self.archiveSize = archiveSize
        self.index = index
        self.crc32 = crc32
        self.isExecutable = isExecutable
        self.archive = archive
    }

    /// Nil for a version of anything else.
    init?(_ version: Version) {
        let parts = version.rawValue.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == Self.mark, let size = UInt64(parts[1]), let index = Int(parts[2]),
            let crc32 = UInt32(parts[3], radix: 16), index >= 0
        else { return nil }
        self.init(
            archiveSize: size,
            index: index,
            crc32: crc32,
            isExecutable: parts[4] == "x",
            archive: Version(String(parts[5]))
        )
    }

    var version: Version {
        let mode = isExecutable ? "x" : ""
        return Version("\(Self.mark):\(archiveSize):\(index):\(String(crc32, radix: 16)):\(mode):\(archive.rawValue)")
    }
}
