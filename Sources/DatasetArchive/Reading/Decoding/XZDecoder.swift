internal import CLZMA

/// A stream of liblzma: `.xz`, or the older `.lzma` form.
@safe
final class XZDecoder: Decoder {
    /// Not moved while it lives; a stream of zeros is what LZMA_STREAM_INIT is.
    private let stream: UnsafeMutablePointer<lzma_stream>

    /// - Parameters:
    ///   - memory: The most that the dictionary may take, in bytes.
    ///   - isAlone: The data begin with the header of an `.lzma` file.
    init(memory: UInt64, isAlone: Bool = false) throws(DecodeError) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: lzma_stream())
        let status =
            isAlone
            ? unsafe lzma_alone_decoder(stream, memory)
            : unsafe lzma_stream_decoder(stream, memory, 0)
        guard status == LZMA_OK else { throw .memory }
    }

    deinit {
        unsafe lzma_end(stream)
        unsafe stream.deallocate()
    }

    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
        throws(DecodeError) -> DecodeStep
    {
        unsafe stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_in = input.count
        unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = output.count
        let status = unsafe lzma_code(stream, LZMA_RUN)
        switch status {
        case LZMA_OK, LZMA_STREAM_END, LZMA_BUF_ERROR:
            return DecodeStep(
                consumed: unsafe input.count - stream.pointee.avail_in,
                produced: unsafe output.count - stream.pointee.avail_out,
                isFinished: status == LZMA_STREAM_END
            )
        case LZMA_MEM_ERROR, LZMA_MEMLIMIT_ERROR: throw .memory
        case LZMA_OPTIONS_ERROR: throw .unsupported("an unknown filter of xz")
        default: throw .damaged("lzma error \(status.rawValue)")
        }
    }
}
