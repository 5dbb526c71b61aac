internal import DatasetModel

/// Lays the parts of an archive one behind the other and keeps what its directory will say.
struct ArchiveEmitter {
    private static let bufferSize = 1 << 20

    private let plan: ArchivePlan
    private let output: any ArchiveOutput
    private var buffer: [UInt8] = []
    /// Where the buffer's first byte goes.
    private var bufferOffset: UInt64 = 0
    /// In the order of the plan, of the members written so far; the last may not be complete.
    private(set) var facts: [WrittenFacts] = []

    init(_ plan: ArchivePlan, to output: any ArchiveOutput) {
        self.plan = plan
        self.output = output
        buffer.reserveCapacity(Self.bufferSize + Self.bufferSize / 4)
        facts.reserveCapacity(plan.members.count)
    }

    /// Bytes of the archive so far.
    var position: UInt64 { bufferOffset + UInt64(buffer.count) }

    /// Begins the next member.
    ///
    /// - Parameters:
    ///   - crc32, compressedSize: As far as they are known; ``endMember(crc32:)`` corrects them.
    mutating func beginMember(
        _ index: Int,
        method: CompressionMethod,
        flags: GeneralFlags = [],
        crc32: UInt32,
        compressedSize: UInt64,
        encryption: EncryptedHeader? = nil
    ) throws(ArchiveError) {
        let member = plan.members[index]
        let facts = WrittenFacts(
            method: method,
            flags: flags.union(RecordBytes.flags(name: member.path)).union(encryption?.flags ?? []),
            crc32: crc32,
            size: member.size,
            compressedSize: compressedSize,
            headerOffset: position,
            isLarge: RecordBytes.isLarge(max(member.size, compressedSize)),
            encryption: encryption
        )
        self.facts.append(facts)
        try append(RecordBytes.localHeader(member, facts))
    }

    /// Puts the true checksum and size of the member begun last into its header.
    mutating func endMember(crc32: UInt32) throws(ArchiveError) {
        let index = facts.count - 1
        let header = RecordBytes.localHeader(plan.members[index], facts[index])
        facts[index].crc32 = crc32
        facts[index].compressedSize = position - facts[index].headerOffset - UInt64(header.count)
        try rewrite(
            RecordBytes.localHeader(plan.members[index], facts[index]),
            at: facts[index].headerOffset
        )
    }

    /// Ends a member of which all was known before.
    mutating func endMember() throws(ArchiveError) {
        if let last = facts.last { try append(RecordBytes.dataDescriptor(last)) }
    }

    mutating func append(_ bytes: some Collection<UInt8>) throws(ArchiveError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Writes the directory; nothing comes after it.
    mutating func finish() throws(ArchiveError) {
        let start = position
        for (member, facts) in zip(plan.members, facts) {
            RecordBytes.appendCentralHeader(member, facts, to: &buffer)
            if buffer.count >= Self.bufferSize { try flush() }
        }
        let directory = ByteRange(offset: start, count: position - start)
        try append(RecordBytes.end(members: plan.members.count, directory: directory))
        try flush()
    }

    private mutating func rewrite(_ bytes: [UInt8], at offset: UInt64) throws(ArchiveError) {
        // A header goes into the buffer whole, and the buffer is only written as a whole.
        if offset >= bufferOffset {
            let place = Int(offset - bufferOffset)
            buffer.replaceSubrange(place..<(place + bytes.count), with: bytes)
        } else {
            try write(bytes, at: offset)
        }
    }

    private mutating func flush() throws(ArchiveError) {
        try write(buffer, at: bufferOffset)
        bufferOffset += UInt64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
    }

    private func write(_ bytes: [UInt8], at offset: UInt64) throws(ArchiveError) {
        do throws(StoreError) {
            try unsafe bytes.span.withUnsafeBytes { bytes throws(StoreError) in
                unsafe try output.write(bytes, at: offset)
            }
        } catch {
            throw ArchiveError(error)
        }
    }
}
