internal import CDeflate

/// The buffers and the compressor of one piece of work at a time.
///
/// Sendable although unchecked: it is handed from thread to thread by ``WorkspacePool``, which has given it to one at most.
@safe final class Workspace: @unchecked Sendable {
    /// Bytes of content that are compressed at once: large enough that a piece begins with an empty window without being
    /// much larger for it, small enough for many in memory.
    static let pieceSize = 1 << 20

    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 64)
    let output: UnsafeMutableRawBufferPointer
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 64)
    private let compressor: OpaquePointer
    /// Fast and worse: to see whether compressing is worth the time.
    private let prober: OpaquePointer

    /// - Returns: Nil when there is no memory left.
    init?(level: Int) {
        guard let compressor = unsafe libdeflate_alloc_compressor(Int32(level)) else { return nil }
        guard let prober = unsafe libdeflate_alloc_compressor(1) else {
            unsafe libdeflate_free_compressor(compressor)
            return nil
        }
        unsafe self.compressor = compressor
        unsafe self.prober = prober
        let bound = unsafe libdeflate_deflate_compress_bound(compressor, Self.pieceSize)
        unsafe output = .allocate(byteCount: bound + OpenDeflate.growth, alignment: 64)
    }

    deinit {
        unsafe libdeflate_free_compressor(compressor)
        unsafe libdeflate_free_compressor(prober)
        unsafe input.deallocate()
        unsafe output.deallocate()
        unsafe scratch.deallocate()
    }

    /// Compresses the first `count` bytes of the input into the output.
    ///
    /// - Parameter limit: Of the output.
    /// - Returns: Bytes of output; nil when they would be more.
    func compress(_ count: Int, within limit: Int? = nil) -> Int? {
        let room = unsafe min(limit ?? output.count, output.count - OpenDeflate.growth)
        let length = unsafe libdeflate_deflate_compress(compressor, input.baseAddress, count, output.baseAddress, room)
        return length == 0 ? nil : length
    }

    /// A quick look at some bytes of the input: compressing would save what makes it worth while.
    func isCompressible(_ range: Range<Int>) -> Bool {
        let sample = unsafe UnsafeMutableRawBufferPointer(rebasing: input[range])
        let room = Self.worthwhile(range.count)
        return unsafe libdeflate_deflate_compress(prober, sample.baseAddress, sample.count, output.baseAddress, room)
            > 0
    }

    /// The largest result of compressing that is kept. What saves less than a thirty-second is better stored: it is read
    /// without unpacking, at any place.
    static func worthwhile(_ count: Int) -> Int { count - max(count / 32, 1) }
}
