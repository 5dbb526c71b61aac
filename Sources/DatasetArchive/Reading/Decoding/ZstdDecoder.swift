internal import CZstd

/// Zstandard as a stream (RFC 8878).
@safe
final class ZstdDecoder: Decoder {
    private let stream: OpaquePointer

    /// - Parameter memory: The most that the window may take, in bytes.
    init(memory: UInt64) throws(DecodeError) {
        guard let stream = unsafe ZSTD_createDStream() else { throw .memory }
        unsafe self.stream = stream
        // The limit is a power of two: the largest that fits, between zstd's own bounds.
        let power = Int32(UInt64.bitWidth - 1 - max(memory, 1 << 10).leadingZeroBitCount)
        unsafe ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, min(power, 31))
    }

    deinit {
        unsafe ZSTD_freeDStream(stream)
    }

    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
        throws(DecodeError) -> DecodeStep
    {
        var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let status = unsafe ZSTD_decompressStream(stream, &target, &source)
        guard ZSTD_isError(status) == 0 else {
            let code = ZSTD_getErrorCode(status)
            if code == ZSTD_error_frameParameter_windowTooLarge || code == ZSTD_error_memory_allocation {
                throw .memory
            }
            throw .damaged(unsafe String(cString: ZSTD_getErrorName(status)))
        }
        // 0: a frame ended. Another may follow it; the declared size says whether it does.
        return unsafe DecodeStep(consumed: source.pos, produced: target.pos, isFinished: false)
    }
}
