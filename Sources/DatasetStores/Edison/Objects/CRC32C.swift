extension Edison {
    /// The checksum that object stores report for every object: CRC-32 with Castagnoli's polynomial (RFC 3720, B.4).
    struct CRC32C {
        private static let table: [UInt32] = (0..<2048).reduce(into: []) { table, index in
            if index < 256 {
                table.append((0..<8).reduce(UInt32(index)) { value, _ in value >> 1 ^ (value & 1) * 0x82F6_3B78 })
            } else {
                let previous = table[index - 256]
                table.append(previous >> 8 ^ table[Int(previous & 0xFF)])
            }
        }

        /// Eight bytes at a step.
        static func of(_ bytes: [UInt8]) -> UInt32 {
            var crc = ~UInt32(0)
            unsafe table.withUnsafeBufferPointer { table in
                unsafe bytes.withUnsafeBytes { bytes in
                    var index = 0
                    while bytes.count - index >= 8 {
                        let word = unsafe UInt64(
                            littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                        )
                        let mixed = word ^ UInt64(crc)
                        crc = 0
                        for position in 0..<8 {
                            let byte = Int(truncatingIfNeeded: mixed >> (8 * UInt64(position)) & 0xFF)
                            unsafe crc ^= table[(7 - position) * 256 + byte]
                        }
                        index += 8
                    }
                    while index < bytes.count {
                        unsafe crc = crc >> 8 ^ table[Int(truncatingIfNeeded: (crc ^ UInt32(bytes[index])) & 0xFF)]
                        index += 1
                    }
                }
            }
            return ~crc
        }

        static func hexadecimal(_ value: UInt32) -> String {
            Hexadecimal.text((0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) })
        }
    }
}
