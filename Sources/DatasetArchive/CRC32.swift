internal import CDeflate

/// The CRC-32 of zip (ISO 3309), by the machine's own instructions where it has them.
///
/// - Parameter crc: Of the bytes before, to go on.
package func crc32(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
    // A null pointer asks libdeflate for the initial value, whatever `crc` is.
    guard let start = bytes.baseAddress else { return crc }
    return unsafe libdeflate_crc32(crc, start, bytes.count)
}

/// The CRC-32 of zip of a whole array.
package func crc32(_ bytes: [UInt8]) -> UInt32 {
    unsafe bytes.withUnsafeBytes { unsafe crc32($0) }
}
