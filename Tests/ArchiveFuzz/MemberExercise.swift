internal import DatasetArchive
internal import DatasetModel
internal import DatasetSync

/// A member read at once, in pieces and backwards is the same, or fails.
func exerciseMember(_ member: ArchiveMember, in source: any ArchiveSource, limits: ArchiveLimits) {
    hold(ArchiveMember(encoded: member.encoded) == member, "a member is itself after it was written and read")
    let reader = MemberReader(member, in: source, limits: limits)
    if let range = try? reader.dataRange(until: Cancellation()) {
        hold(range.end <= source.size && range.end <= member.dataLimit, "data lie within the archive")
    }
    _ = try? reader.linkTarget(until: Cancellation())
    guard member.size <= 1 << 20 else { return exerciseEnd(reader) }
    let whole = try? unpack(reader)
    var streaming = limits
    streaming.wholeMemberSize = 0
    let streamed = try? unpack(MemberReader(member, in: source, limits: streaming))
    if let whole, let streamed { hold(whole == streamed, "both ways of unpacking agree") }
    let half = member.size / 2
    let pieces = Gatherer()
    let parts = MemberReader(member, in: source, limits: limits)
    do {
        try parts.read(ByteRange(offset: 0, count: half), into: pieces, until: Cancellation())
        try parts.read(ByteRange(offset: half, count: member.size - half), into: pieces, until: Cancellation())
        hold(UInt64(pieces.bytes.count) == member.size, "a read delivers exactly what was asked for")
        if let whole { hold(pieces.bytes == whole, "pieces make the whole") }
    } catch {
        hold(!error.description.isEmpty, "an error can be told")
    }
}

/// Large members are only looked into.
private func exerciseEnd(_ reader: MemberReader) {
    let last = Gatherer()
    let range = ByteRange(offset: reader.member.size - 1_000, count: 1_000)
    guard (try? reader.read(range, into: last, until: Cancellation())) != nil else { return }
    hold(last.bytes.count == 1_000, "a read delivers exactly what was asked for")
}

private func unpack(_ reader: MemberReader) throws(ArchiveError) -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(reader.member.size), alignment: 1)
    defer { unsafe buffer.deallocate() }
    try unsafe reader.readWhole(into: buffer, until: Cancellation())
    return unsafe Array(buffer)
}

/// What a reader delivered; used by one thread.
final class Gatherer: ByteSink, @unchecked Sendable {
    private(set) var bytes: [UInt8] = []

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe self.bytes.append(contentsOf: bytes)
        return true
    }
}
