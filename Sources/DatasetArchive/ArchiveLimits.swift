/// How much an archive may ask of this machine; what asks for more is refused, never tried.
package struct ArchiveLimits: Hashable, Sendable {
    /// Members, and directories that only their members' names imply.
    package var maximumMembers = 1_000_000
    /// Bytes of the central directory, which is held in memory while it is parsed.
    package var maximumDirectorySize: UInt64 = 512 << 20
    /// Declared bytes of one member.
    package var maximumMemberSize: UInt64 = 16 << 40
    /// Declared bytes of all members.
    package var maximumTotalSize: UInt64 = 256 << 40
    /// Bytes of content per compressed byte, for members over `ratioFreeSize`. Deflate cannot reach it, other methods can.
    package var maximumRatio: UInt64 = 1_100
    /// Members up to this many bytes may be as dense as they like.
    package var ratioFreeSize: UInt64 = 64 << 20
    /// Directories within directories.
    package var maximumDepth = 128
    /// Bytes that a method's own dictionary may take (lzma, xz, zstd).
    package var maximumDecoderMemory: UInt64 = 160 << 20
    /// Up to this many bytes a member that is wanted whole is inflated at once in memory, above it as a stream.
    package var wholeMemberSize: UInt64 = 64 << 20
    /// Bytes at the end that are read first: the directory of some 700 members.
    package var tailSize = 64 << 10

    package static let standard = ArchiveLimits()

    package init() {}
}
