internal import DatasetModel

/// Finds the data of copied members in the bytes of a run as they come.
///
/// The directory of an archive does not tell where a member's data begin, only where its local header does, whose length
/// is told by itself. So header and data are fetched together, and the header is read in passing.
struct RunCopier {
    enum Action: Equatable {
        /// The member whose data follow, and what its encryption needs.
        case begin(Int, EncryptedHeader?)
        /// A part of the piece that was given last.
        case data(Range<Int>)
        case end(Int)
    }

    private enum Phase {
        /// The fixed part of the local header, as far as it has come.
        case header([UInt8])
        /// Name and extra fields of a local header, as far as they have come.
        case names(LocalFileHeader, [UInt8])
        case data(left: UInt64)
    }

    /// Of the old archive, nil for directories: they have no data to look for.
    private let members: [(index: Int, old: ArchiveMember?)]
    private var current = 0
    private var phase = Phase.header([])
    /// Of the next byte in the old archive.
    private var place: UInt64

    init(_ run: CopyRun, of plan: ArchivePlan) {
        members = run.members.map { index in
            let member = plan.members[index]
            guard case .copied(let old) = member.content, member.kind != .directory else { return (index, nil) }
            return (index, old)
        }
        place = run.range.offset
    }

    /// All data of all members have come.
    var isComplete: Bool { current == members.count }

    /// - Parameter piece: The bytes after those of the last call.
    /// - Throws: `.damaged` where there is no local header, or one whose data would lie elsewhere.
    mutating func take(_ piece: [UInt8]) throws(ArchiveError) -> [Action] {
        var actions: [Action] = []
        var index = 0
        try settle(&actions)
        while current < members.count, index < piece.count, let old = members[current].old {
            let left = UInt64(piece.count - index)
            let taken: UInt64
            switch phase {
            case .header(let known):
                if place < old.headerOffset {
                    taken = min(left, old.headerOffset - place)
                } else {
                    taken = min(left, UInt64(LocalFileHeader.fixedLength - known.count))
                    phase = .header(known + piece[index..<(index + Int(taken))])
                }
            case .names(let header, let known):
                taken = min(left, UInt64(header.lengthOfNames - known.count))
                phase = .names(header, known + piece[index..<(index + Int(taken))])
            case .data(let wanted):
                taken = min(left, wanted)
                actions.append(.data(index..<(index + Int(taken))))
                phase = .data(left: wanted - taken)
            }
            index += Int(taken)
            place += taken
            try settle(&actions)
        }
        return actions
    }

    /// Goes on as far as no further bytes are needed.
    private mutating func settle(_ actions: inout [Action]) throws(ArchiveError) {
        while current < members.count {
            let (index, old) = members[current]
            guard let old else {
                actions += [.begin(index, nil), .end(index)]
                current += 1
                continue
            }
            switch phase {
            case .header(let bytes) where bytes.count == LocalFileHeader.fixedLength:
                phase = .names(try localHeader(bytes, old), [])
            case .names(let header, let bytes) where bytes.count == header.lengthOfNames:
                let extra = bytes[Int(header.nameLength)...]
                actions.append(.begin(index, EncryptedHeader(header, extra)))
                phase = .data(left: old.compressedSize)
            case .data(left: 0):
                actions.append(.end(index))
                phase = .header([])
                current += 1
            case .header, .names, .data: return
            }
        }
    }

    private func localHeader(_ bytes: [UInt8], _ old: ArchiveMember) throws(ArchiveError) -> LocalFileHeader {
        guard let header = LocalFileHeader(bytes), header.method == old.method else {
            throw ArchiveError(.damaged, "The archive has no local header where its directory says", member: old.name)
        }
        let names = UInt64(header.lengthOfNames)
        guard place <= old.dataLimit, old.dataLimit - place >= names,
            old.dataLimit - place - names >= old.compressedSize
        else {
            throw ArchiveError(.damaged, "The member's data do not end before what follows them", member: old.name)
        }
        return header
    }
}

extension LocalFileHeader {
    fileprivate var lengthOfNames: Int { Int(nameLength) + Int(extraLength) }
}
