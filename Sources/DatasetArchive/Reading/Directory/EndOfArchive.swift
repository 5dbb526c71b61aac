/// Where the central directory is, from the last bytes of an archive: a pure value.
///
/// Difficulties, each with who solves it:
/// 1. The end record stands before a comment of unknown length that may hold anything: `findRecord` walks backwards and
///    prefers a record whose comment ends exactly where the bytes do.
/// 2. Counts and offsets that need more than 32 bits are in two further records: `Zip64EndRecord`.
/// 3. Bytes may stand before the archive (a self-extractor, a header of some other format) without the offsets knowing:
///    `prefix` is how far the directory lies beyond where its record says.
struct EndOfArchive: Equatable {
    /// The directory, in bytes from the beginning of the source.
    var directoryOffset: UInt64
    var directorySize: UInt64
    /// As declared; makers without zip64 count modulo 65 536.
    var members: UInt64
    var prefix: UInt64
    var comment: [UInt8]

    enum Search: Equatable {
        case found(EndOfArchive)
        /// The 64-bit record lies before the tail: these bytes are needed too.
        case needsZip64Record(at: UInt64)
        case absent
        /// A record is there and contradicts itself or the length of the source.
        case damaged(String)
    }

    /// - Parameters:
    ///   - tail: The last bytes of the source.
    ///   - start: Where in the source they begin.
    ///   - record: The bytes of a 64-bit record that an earlier search asked for.
    static func search(_ tail: [UInt8], from start: UInt64, zip64Record record: [UInt8]? = nil) -> Search {
        guard let index = findRecord(in: tail), let end = EndRecord(tail, at: index) else { return .absent }
        let commentStart = index + EndRecord.fixedLength
        let comment = Array(tail[commentStart..<min(commentStart + Int(end.commentLength), tail.count)])
        let position = start + UInt64(index)
        guard let locator = Zip64Locator(tail, at: index - Zip64Locator.fixedLength) else {
            guard end.disk == 0, end.directoryDisk == 0 else { return .damaged("The archive is split into volumes") }
            return place(
                size: UInt64(end.directorySize),
                offset: UInt64(end.directoryOffset),
                before: position,
                members: UInt64(end.members),
                comment: comment
            )
        }
        guard locator.disks <= 1 else { return .damaged("The archive is split into volumes") }
        let near = index - Zip64Locator.fixedLength - Zip64EndRecord.fixedLength
        if let wide = Zip64EndRecord(tail, at: near) {
            return place(wide, before: start + UInt64(near), comment: comment)
        }
        if let record {
            guard let wide = Zip64EndRecord(record) else { return .damaged("The 64-bit end record is missing") }
            return place(wide, before: locator.recordOffset, comment: comment)
        }
        let isBefore = locator.recordOffset.addingReportingOverflow(UInt64(Zip64EndRecord.fixedLength))
        guard !isBefore.overflow, isBefore.partialValue <= position else {
            return .damaged("The 64-bit end record lies outside of the archive")
        }
        return .needsZip64Record(at: locator.recordOffset)
    }

    private static func place(_ record: Zip64EndRecord, before position: UInt64, comment: [UInt8]) -> Search {
        place(
            size: record.directorySize,
            offset: record.directoryOffset,
            before: position,
            members: record.members,
            comment: comment
        )
    }

    private static func place(
        size: UInt64,
        offset: UInt64,
        before position: UInt64,
        members: UInt64,
        comment: [UInt8]
    ) -> Search {
        guard size <= position, offset <= position - size else {
            return .damaged("The directory of the archive would begin before or end after the archive itself")
        }
        let actual = position - size
        return .found(
            EndOfArchive(
                directoryOffset: actual,
                directorySize: size,
                members: members,
                prefix: actual - offset,
                comment: comment
            )
        )
    }

    /// The last record whose comment fits exactly, else the last whose comment fits at all (bytes were appended).
    private static func findRecord(in tail: [UInt8]) -> Int? {
        var fitting: Int?
        var index = tail.count - EndRecord.fixedLength
        while index >= 0 {
            if tail[index] == 0x50, let record = EndRecord(tail, at: index) {
                let end = index + EndRecord.fixedLength + Int(record.commentLength)
                if end == tail.count { return index }
                if end < tail.count, fitting == nil { fitting = index }
            }
            index -= 1
        }
        return fitting
    }
}
