/// The checksum GCS reports for every object (RFC 3720, appendix B.4), eight bytes a step.
struct CRC32C: Sendable, Equatable {
    private(set) var value: UInt32 = 0

    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var remainder = UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? (remainder >> 1) ^ 0x82F6_3B78 : remainder >> 1 }
            tables[byte] = remainder
        }
        for table in 1..<8 {
            for byte in 0..<256 {
                let before = tables[(table - 1) * 256 + byte]
                tables[table * 256 + byte] = (before >> 8) ^ tables[Int(before & 0xFF)]
            }
        }
        return tables
    }()

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var crc = ~value
        var offset = 0
        let count = bytes.count
        unsafe Self.tables.withUnsafeBufferPointer { table in
            while count - offset >= 8 {
                let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                let low = UInt32(truncatingIfNeeded: word) ^ crc
                let high = UInt32(truncatingIfNeeded: word >> 32)
                unsafe crc =
                    table[1792 + Int(low & 0xFF)] ^ table[1536 + Int((low >> 8) & 0xFF)]
                    ^ table[1280 + Int((low >> 16) & 0xFF)] ^ table[1024 + Int(low >> 24)]
                    ^ table[768 + Int(high & 0xFF)] ^ table[512 + Int((high >> 8) & 0xFF)]
                    ^ table[256 + Int((high >> 16) & 0xFF)] ^ table[Int(high >> 24)]
                offset += 8
            }
            while offset < count {
                unsafe crc = (crc >> 8) ^ table[Int((crc ^ UInt32(bytes[offset])) & 0xFF)]
                offset += 1
            }
        }
        value = ~crc
    }

    /// Base64 of the big-endian value, as `x-goog-hash` carries it.
    static func base64(_ value: UInt32) -> String {
        Base64.string((0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) })
    }
}

extension CRC32C {
    /// The checksum of two pieces put together, from theirs alone: the first is advanced over `length` zero bytes by
    /// squaring the operator of one zero bit, as zlib's `crc32_combine` does.
    static func combine(_ first: UInt32, _ second: UInt32, length: Int) -> UInt32 {
        guard length > 0 else { return first }
        var odd: [UInt32] = [0x82F6_3B78] + (0..<31).map { 1 << $0 }
        var even = square(odd)
        odd = square(even)
        var result = first
        var remaining = length
        while true {
            even = square(odd)
            if remaining & 1 == 1 { result = multiply(even, result) }
            remaining >>= 1
            if remaining == 0 { break }
            odd = square(even)
            if remaining & 1 == 1 { result = multiply(odd, result) }
            remaining >>= 1
            if remaining == 0 { break }
        }
        return result ^ second
    }

    private static func multiply(_ matrix: [UInt32], _ vector: UInt32) -> UInt32 {
        var sum: UInt32 = 0
        for bit in 0..<32 where vector >> bit & 1 == 1 { sum ^= matrix[bit] }
        return sum
    }

    private static func square(_ matrix: [UInt32]) -> [UInt32] {
        matrix.map { multiply(matrix, $0) }
    }
}
