internal import DatasetModel

/// One entry of the central directory while it is parsed: the fixed part, the extra fields that matter, the member.
struct CentralEntry {
    let header: CentralFileHeader
    private let name: ArraySlice<UInt8>
    private var size: UInt64
    private var compressedSize: UInt64
    private var headerOffset: UInt64
    private var diskStart: UInt32
    private var unicodePath: ArraySlice<UInt8>?
    private var times: (extended: Timestamp?, ntfs: Timestamp?, unix: Timestamp?)

    /// Nil when the entry is not whole.
    init?(_ bytes: [UInt8], at start: Int) {
        guard let header = CentralFileHeader(bytes, at: start), bytes.count - start >= header.length else { return nil }
        self.header = header
        let extraStart = start + CentralFileHeader.fixedLength + Int(header.nameLength)
        name = bytes[(start + CentralFileHeader.fixedLength)..<extraStart]
        size = UInt64(header.size)
        compressedSize = UInt64(header.compressedSize)
        headerOffset = UInt64(header.headerOffset)
        diskStart = UInt32(header.diskStart)
        for (id, data) in ExtraFields(bytes[extraStart..<(extraStart + Int(header.extraLength))]) {
            switch ExtraFieldID(rawValue: id) {
            case .zip64: takeWideValues(data)
            case .unicodePath: unicodePath = data
            case .extendedTimestamp: times.extended = MemberTimes.extended(data)
            case .ntfsTimes: times.ntfs = MemberTimes.ntfs(data)
            case .unixTimes: times.unix = MemberTimes.unix(data)
            case .unixOwner, nil: break
            }
        }
    }

    /// The field has only the values whose place in the header holds all ones, in this order.
    private mutating func takeWideValues(_ data: ArraySlice<UInt8>) {
        var rest = data
        func next() -> UInt64? {
            guard rest.count >= 8 else { return nil }
            defer { rest = rest.dropFirst(8) }
            return rest.uint64(at: rest.startIndex)
        }
        if header.size == .max { size = next() ?? size }
        if header.compressedSize == .max { compressedSize = next() ?? compressedSize }
        if header.headerOffset == .max { headerOffset = next() ?? headerOffset }
        if header.diskStart == .max, rest.count >= 4 { diskStart = rest.uint32(at: rest.startIndex) }
    }

    private var system: UInt8 { UInt8(header.versionMadeBy >> 8) }

    /// Unix or macOS made it: names are UTF-8, the upper attributes are `st_mode`.
    private var isUnix: Bool { system == 3 || system == 19 }

    /// MS-DOS, Windows or VFAT: names may have been written with backslashes between their parts.
    private var isWindows: Bool { system == 0 || system == 10 || system == 14 }

    /// `st_mode`; makers that are not Unix set it too where they know it (7-Zip).
    private var mode: UInt16 { UInt16(header.externalAttributes >> 16) }

    private func kind(of text: String) -> ArchiveMember.Kind {
        if text.utf8.last == UInt8(ascii: "/") { return .directory }
        switch mode & 0o170000 {
        case 0o040000: return .directory
        case 0o100000: return .file
        case 0o120000: return .symbolicLink
        case 0: return header.externalAttributes & 0x10 == 0 ? .file : .directory
        default: return isUnix ? .other : .file
        }
    }

    /// - Parameters:
    ///   - prefix: What to add to offsets: bytes that stand before the archive.
    ///   - limit: Where the directory begins; no member reaches beyond it.
    func member(prefix: UInt64, limit: UInt64) -> (member: ArchiveMember, isRepaired: Bool) {
        var decoded = MemberName(name, flags: header.flags, unicodePath: unicodePath, isUnix: isUnix)
        if isWindows, !decoded.text.utf8.contains(UInt8(ascii: "/")) {
            decoded.text = decoded.text.replacing("\\", with: "/")
        }
        let offset = headerOffset.addingReportingOverflow(prefix)
        var member = ArchiveMember(
            name: decoded.text,
            kind: kind(of: decoded.text),
            method: header.method,
            flags: header.flags,
            size: size,
            compressedSize: compressedSize,
            crc32: header.crc32,
            headerOffset: offset.partialValue,
            nameLength: header.nameLength,
            dataLimit: limit,
            permissions: mode == 0 ? nil : mode & 0o7777,
            modified: times.extended ?? times.ntfs ?? times.unix ?? header.modified.timestamp
        )
        let end = offset.overflow ? nil : member.leastEnd
        if diskStart != 0 || (end.map { $0 > limit } ?? true) { member.defect = .outOfBounds }
        return (member, decoded.isRepaired)
    }
}
