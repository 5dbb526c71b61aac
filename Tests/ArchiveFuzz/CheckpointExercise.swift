internal import DatasetArchive
internal import DatasetModel
internal import DatasetSync

/// Goes on from a checkpoint whose every byte, but for its checksum, comes from the fuzzer.
func exerciseCheckpoint(_ bytes: [UInt8]) {
    guard bytes.count >= 8 else { return }
    let window = Array(bytes[4...].prefix(Int(bytes.uint16(at: 2)) % 33_000))
    let data = Array(bytes[(4 + window.count)...])
    var archive: [UInt8] = []
    LocalFileHeader(
        versionNeeded: 20,
        flags: [],
        method: .deflated,
        modified: DOSTime(date: 33, time: 0),
        crc32: 1,
        compressedSize: 0,
        size: 0,
        nameLength: 1,
        extraLength: 0
    ).append(to: &archive)
    archive += [0x6d] + data
    let member = ArchiveMember(
        name: "m",
        method: .deflated,
        size: 6 << 20,
        compressedSize: UInt64(data.count),
        crc32: 1,
        headerOffset: 0,
        nameLength: 1,
        dataLimit: UInt64(archive.count)
    )
    let store = MemoryCheckpoints()
    let offset: UInt64 = 5 << 20
    store.save(checkpoint(at: offset, of: member, bits: bytes[0], lastByte: bytes[1], window: window), at: offset)
    let reader = MemberReader(member, in: BytesSource(archive), checkpoints: store)
    let sink = Gatherer()
    let range = ByteRange(offset: offset + UInt64(bytes[1]), count: 2_000)
    guard (try? reader.read(range, into: sink, until: Cancellation())) != nil else { return }
    hold(sink.bytes.count == 2_000, "a read delivers exactly what was asked for")
}

/// The form in which the reader keeps checkpoints, with its checksum.
private func checkpoint(
    at offset: UInt64,
    of member: ArchiveMember,
    bits: UInt8,
    lastByte: UInt8,
    window: [UInt8]
) -> [UInt8] {
    var bytes: [UInt8] = [1, bits, lastByte, bits >> 4 & 1]
    for value in [member.headerOffset, member.size, member.compressedSize, offset, 0] {
        bytes.appendLittleEndian(value)
    }
    for value in [member.crc32, 0, UInt32(window.count), UInt32(window.count)] {
        bytes.appendLittleEndian(value)
    }
    bytes += window
    bytes.appendLittleEndian(crc32(bytes))
    return bytes
}
