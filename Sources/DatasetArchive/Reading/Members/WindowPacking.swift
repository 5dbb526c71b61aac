internal import CDeflate

/// Quickly deflated bytes; nil when they would not become smaller.
func deflated(_ bytes: [UInt8]) -> [UInt8]? {
    guard let compressor = unsafe libdeflate_alloc_compressor(1) else { return nil }
    defer { unsafe libdeflate_free_compressor(compressor) }
    let packed = unsafe [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, count in
        count = unsafe bytes.withUnsafeBytes { input in
            unsafe libdeflate_deflate_compress(
                compressor,
                input.baseAddress,
                input.count,
                buffer.baseAddress,
                buffer.count
            )
        }
    }
    return packed.isEmpty || packed.count >= bytes.count ? nil : packed
}

/// The `count` bytes that were deflated; nil when they are not there.
func inflated(_ packed: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    do throws(DecodeError) {
        try unsafe packed.withRawBytes { input throws(DecodeError) in
            try unsafe bytes.withMutableRawBytes { output throws(DecodeError) in
                unsafe try inflateWhole(input, into: output)
            }
        }
    } catch {
        return nil
    }
    return bytes
}
