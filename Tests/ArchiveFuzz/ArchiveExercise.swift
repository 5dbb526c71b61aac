internal import DatasetArchive
internal import DatasetModel
internal import DatasetSync

/// Reads whatever bytes as an archive and holds what comes out to the promises of ``ArchiveTree`` and ``MemberReader``.
///
/// An error is a right answer; a crash, a hang or a broken promise is not: it ends the process with a sentence.
package func exerciseArchive(_ bytes: [UInt8]) {
    exerciseCheckpoint(bytes)
    let source = BytesSource(bytes)
    var limits = ArchiveLimits.standard
    limits.maximumMembers = 20_000
    limits.maximumMemberSize = 4 << 20
    limits.maximumDecoderMemory = 16 << 20
    limits.tailSize = 64 + bytes.count % 4_096
    guard let directory = try? ArchiveDirectory(reading: source, limits: limits, until: Cancellation()),
        let tree = try? ArchiveTree(directory, limits: limits)
    else { return }
    exerciseTree(tree, of: directory, limits: limits)
    for member in directory.members.prefix(24) {
        exerciseMember(member, in: source, limits: limits)
    }
}

/// Ends the process when a promise is broken.
func hold(_ isKept: Bool, _ promise: @autoclosure () -> String) {
    if !isKept { fatalError("broken promise: \(promise())") }
}

/// The bytes as they are.
final class BytesSource: ArchiveSource {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var size: UInt64 { UInt64(bytes.count) }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation) {
        hold(offset <= size && UInt64(buffer.count) <= size - offset, "nothing is asked for beyond the end")
        let start = Int(offset)
        unsafe buffer.copyBytes(from: bytes[start..<(start + buffer.count)])
    }
}
