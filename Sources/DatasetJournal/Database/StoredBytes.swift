internal import DatasetModel
internal import FoundationEssentials
internal import GRDB

/// Values as the journal's tables keep them: blobs.
enum StoredBytes {
    static func encode(_ text: String) -> Data { Data(text.utf8) }

    static func decode(_ data: Data) -> String { String(decoding: data, as: UTF8.self) }

    /// Offset and length of each range, little-endian; nil when there are none.
    static func encode(_ extents: Extents) -> Data? {
        guard !extents.isEmpty else { return nil }
        var bytes: [UInt8] = []
        for range in extents.ranges {
            for number in [range.offset, range.count] {
                for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> (UInt64(shift) * 8))) }
            }
        }
        return Data(bytes)
    }

    static func decodeExtents(_ data: Data?) throws -> Extents {
        var result = Extents()
        guard let data else { return result }
        guard data.count % 16 == 0 else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a list of ranges is cut short")
        }
        let numbers = stride(from: 0, to: data.count, by: 8).map { start in
            (0..<8).reduce(UInt64(0)) { $0 | UInt64(data[data.startIndex + start + $1]) << (UInt64($1) * 8) }
        }
        for index in stride(from: 0, to: numbers.count, by: 2) {
            result.insert(ByteRange(offset: numbers[index], count: numbers[index + 1]))
        }
        return result
    }

    /// Zero bytes and the byte that escapes them cannot be mistaken for the end of a tag.
    static func encode(tags: [String]) -> Data {
        var bytes: [UInt8] = []
        for tag in tags {
            for byte in tag.utf8 {
                if byte <= 1 { bytes.append(1) }
                bytes.append(byte == 0 ? 2 : byte)
            }
            bytes.append(0)
        }
        return Data(bytes)
    }

    static func decodeTags(_ data: Data) -> [String] {
        data.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { part in
            var bytes: [UInt8] = []
            var isEscaped = false
            for byte in part {
                if byte == 1, !isEscaped {
                    isEscaped = true
                    continue
                }
                bytes.append(isEscaped && byte == 2 ? 0 : byte)
                isEscaped = false
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
