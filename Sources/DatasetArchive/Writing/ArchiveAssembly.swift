internal import CZlib
internal import DatasetModel

/// Puts the products of the threads together, in order.
struct ArchiveAssembly {
    private let plan: ArchivePlan
    private var emitter: ArchiveEmitter
    /// Of the large member that is being written.
    private var checksum: UInt = 0
    private var copier: (run: CopyRun, state: RunCopier)?
    /// Bytes of content that are in the archive.
    private(set) var contentWritten: UInt64 = 0

    init(_ plan: ArchivePlan, to output: any ArchiveOutput) {
        self.plan = plan
        emitter = ArchiveEmitter(plan, to: output)
    }

    mutating func add(_ product: WriteProduct) throws(ArchiveError) {
        switch product {
        case .small(let members, let packed, let bytes): try add(members, packed, bytes)
        case .piece(let member, let crc32, let bytes, let isFirst, let isLast, let isDeflated, let count):
            if isFirst {
                let method: CompressionMethod = isDeflated ? .deflated : .stored
                let size = plan.members[member].largestCompressedSize
                try emitter.beginMember(member, method: method, crc32: 0, compressedSize: size)
                checksum = 0
            }
            try emitter.append(bytes)
            checksum = crc32_combine(checksum, UInt(crc32), Int(count))
            contentWritten += count
            if isLast { try emitter.endMember(crc32: UInt32(truncatingIfNeeded: checksum)) }
        case .copy(let run, let range, let bytes): try copy(run, range, bytes)
        }
    }

    /// Writes the directory.
    mutating func finish() throws(ArchiveError) -> WrittenArchive {
        let directoryOffset = emitter.position
        try emitter.finish()
        return WrittenArchive(plan, emitter.facts, directoryOffset: directoryOffset, size: emitter.position)
    }

    private mutating func add(
        _ members: Range<Int>,
        _ packed: [PackedMember],
        _ bytes: [UInt8]
    ) throws(ArchiveError) {
        var place = 0
        for (index, packed) in zip(members, packed) {
            try emitter.beginMember(
                index,
                method: packed.method,
                crc32: packed.crc32,
                compressedSize: UInt64(packed.compressedSize)
            )
            try emitter.append(bytes[place..<(place + packed.compressedSize)])
            place += packed.compressedSize
            contentWritten += plan.members[index].size
        }
    }

    private mutating func copy(_ run: CopyRun, _ range: ByteRange, _ bytes: [UInt8]) throws(ArchiveError) {
        var state = if let copier, copier.run == run { copier.state } else { RunCopier(run, of: plan) }
        for action in try state.take(bytes) {
            switch action {
            case .begin(let index, let encryption): try beginCopy(index, encryption)
            case .data(let part): try emitter.append(bytes[part])
            case .end(let index):
                try emitter.endMember()
                contentWritten += plan.members[index].size
            }
        }
        copier = (run, state)
        if range.end == run.range.end, !state.isComplete {
            let name = plan.members[run.members.upperBound - 1].path
            throw ArchiveError(.truncated, "The archive ends before the data of its members", member: name)
        }
    }

    private mutating func beginCopy(_ index: Int, _ encryption: EncryptedHeader?) throws(ArchiveError) {
        let member = plan.members[index]
        guard case .copied(let old) = member.content, member.kind != .directory else {
            return try emitter.beginMember(index, method: .stored, crc32: 0, compressedSize: 0)
        }
        try emitter.beginMember(
            index,
            method: old.method,
            // Two bits whose meaning is the method's own.
            flags: old.flags.intersection(GeneralFlags(rawValue: 0b110)),
            crc32: old.crc32,
            compressedSize: old.compressedSize,
            encryption: encryption
        )
    }
}
