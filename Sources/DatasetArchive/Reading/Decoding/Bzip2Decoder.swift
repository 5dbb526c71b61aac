internal import CBzip2

/// bzip2 as a stream.
@safe
final class Bzip2Decoder: Decoder {
    /// bzip2 remembers the address of its stream: it may not move.
    private let stream: UnsafeMutablePointer<bz_stream>

    init() throws(DecodeError) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: bz_stream())
        guard unsafe BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else { throw .memory }
    }

    deinit {
        unsafe BZ2_bzDecompressEnd(stream)
        unsafe stream.deallocate()
    }

    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
        throws(DecodeError) -> DecodeStep
    {
        let offered = UInt32(clamping: input.count)
        let room = UInt32(clamping: output.count)
        // bzip2 only reads through this pointer; its type lacks the const.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: CChar.self)
        )
        unsafe stream.pointee.avail_in = offered
        unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: CChar.self)
        unsafe stream.pointee.avail_out = room
        let status = unsafe BZ2_bzDecompress(stream)
        switch status {
        case BZ_OK, BZ_STREAM_END:
            return DecodeStep(
                consumed: unsafe Int(offered - stream.pointee.avail_in),
                produced: unsafe Int(room - stream.pointee.avail_out),
                isFinished: status == BZ_STREAM_END
            )
        case BZ_MEM_ERROR: throw .memory
        default: throw .damaged("bzip2 error \(status)")
        }
    }
}
