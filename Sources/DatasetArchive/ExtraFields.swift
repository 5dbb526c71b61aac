/// The extra fields that are understood here (APPNOTE 4.5.2, Info-ZIP's extrafld.txt).
package enum ExtraFieldID: UInt16, Sendable {
    case zip64 = 0x0001
    case ntfsTimes = 0x000a
    case extendedTimestamp = 0x5455
    /// Info-ZIP's first Unix field: access and modification time.
    case unixTimes = 0x5855
    case unicodePath = 0x7075
    case unixOwner = 0x7875
}

/// The extra fields of one header, in order; what is torn at the end is left out.
package struct ExtraFields: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    package init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    package mutating func next() -> (id: UInt16, data: ArraySlice<UInt8>)? {
        guard rest.count >= 4 else { return nil }
        let start = rest.startIndex
        let length = Int(rest.uint16(at: start + 2))
        guard length <= rest.count - 4 else { return nil }
        defer { rest = rest[(start + 4 + length)...] }
        return (rest.uint16(at: start), rest[(start + 4)..<(start + 4 + length)])
    }
}

extension ExtraFields {
    package static func append(_ id: ExtraFieldID, _ data: [UInt8], to bytes: inout [UInt8]) {
        bytes.appendLittleEndian(id.rawValue)
        bytes.appendLittleEndian(UInt16(data.count))
        bytes += data
    }

    /// The modification time in whole seconds since 1970, in the form that local header and directory share.
    ///
    /// Nothing is appended for times that its 32 bits cannot hold.
    package static func appendExtendedTimestamp(modified seconds: Int64, to bytes: inout [UInt8]) {
        guard let short = Int32(exactly: seconds) else { return }
        var data: [UInt8] = [1]
        data.appendLittleEndian(short)
        append(.extendedTimestamp, data, to: &bytes)
    }

    /// The values whose place in the header holds all ones, in the order of APPNOTE 4.5.3; nothing when all are nil.
    package static func appendZip64(
        size: UInt64?,
        compressedSize: UInt64?,
        headerOffset: UInt64?,
        to bytes: inout [UInt8]
    ) {
        var data: [UInt8] = []
        for value in [size, compressedSize, headerOffset] {
            if let value { data.appendLittleEndian(value) }
        }
        if !data.isEmpty { append(.zip64, data, to: &bytes) }
    }
}
