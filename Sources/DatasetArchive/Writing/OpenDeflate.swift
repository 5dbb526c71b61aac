internal import CZlib

/// Makes a deflate stream that can be followed by another out of one that is complete.
///
/// libdeflate compresses two to three times as fast as zlib, but only whole streams. So a large content is cut into pieces,
/// each compressed on its own by any thread, and the streams of all but the last piece are opened: the bit that calls the last
/// block the last (RFC 1951, 3.2.3) is cleared, and an empty stored block brings the end to a whole byte, as a sync flush
/// does. Where the last block begins only a decoder knows; going through the stream with zlib costs a fraction of the time
/// saved, and proves by the way that the piece can be read again.
enum OpenDeflate {
    /// Bytes that opening may add.
    static let growth = 5

    /// The most that `size` bytes take as a stream of pieces, or stored.
    static func bound(_ size: UInt64) -> UInt64 {
        // Stored blocks of 5 bytes and up to 65,535 of content; per piece a block more, and what opening adds.
        let overhead = (size >> 15) &* 5 &+ (size / UInt64(Workspace.pieceSize) &+ 1) &* 64
        return size &+ overhead
    }

    /// Opens the stream in the first `count` bytes of `stream`, which must have room for ``growth`` more.
    ///
    /// - Parameter scratch: Room for exactly the content of the stream.
    /// - Returns: The new length; nil when these bytes are not a stream of that content.
    static func open(
        _ stream: UnsafeMutableRawBufferPointer,
        count: Int,
        scratch: UnsafeMutableRawBufferPointer
    ) -> Int? {
        let found = unsafe lastBlock(
            UnsafeMutableRawBufferPointer(rebasing: stream[..<count]),
            scratch
        )
        guard let (header, end) = found, (end + 7) / 8 == count else { return nil }
        unsafe stream[header / 8] &= ~(1 << UInt8(header % 8))
        let used = end % 8
        if used > 0 { unsafe stream[count - 1] &= UInt8(1 << used) - 1 }
        // The three bits of the stored block's header, all zero, either fit into the last byte or begin one.
        let marker: [UInt8] = used == 0 || used > 5 ? [0, 0, 0, 0xFF, 0xFF] : [0, 0, 0xFF, 0xFF]
        for (index, byte) in marker.enumerated() { unsafe stream[count + index] = byte }
        return count + marker.count
    }

    /// The places, in bits, where the last block begins and ends.
    private static func lastBlock(
        _ stream: UnsafeMutableRawBufferPointer,
        _ scratch: UnsafeMutableRawBufferPointer
    ) -> (header: Int, end: Int)? {
        var state = unsafe z_stream()
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        // Negative window bits: a stream without a header of zlib's.
        guard unsafe inflateInit2_(&state, -15, ZLIB_VERSION, size) == Z_OK else { return nil }
        defer { unsafe inflateEnd(&state) }
        unsafe state.next_in = stream.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe state.avail_in = UInt32(stream.count)
        unsafe state.next_out = scratch.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe state.avail_out = UInt32(scratch.count)
        var header = 0
        while true {
            guard unsafe inflate(&state, Z_BLOCK) == Z_OK else { return nil }
            // 128: stopped behind a block; 64: that was the last one; the rest: bits of the last byte not used yet.
            let flags = unsafe Int(state.data_type)
            guard flags & 128 != 0 else { return nil }
            let place = unsafe Int(state.total_in) * 8 - (flags & 63)
            if flags & 64 != 0 {
                return unsafe state.avail_out == 0 ? (header, place) : nil
            }
            header = place
        }
    }
}
