internal import CXXHash

/// XXH3, 64 bits, of a block; 0 is kept for "absent", so a real 0 becomes 1.
func blockChecksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    max(1, unsafe XXH3_64bits(bytes.baseAddress, bytes.count))
}

/// XXH3, 64 bits, as it is.
func xxh3(_ bytes: [UInt8]) -> UInt64 {
    unsafe bytes.withUnsafeBytes { unsafe XXH3_64bits($0.baseAddress, $0.count) }
}
