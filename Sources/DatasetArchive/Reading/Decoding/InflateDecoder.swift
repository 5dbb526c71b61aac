internal import CZlib

/// Inflate as a stream (RFC 1951), able to stop at the end of a block and to go on from one.
@safe
final class InflateDecoder: Decoder {
    /// zlib remembers the address of its stream: it may not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var lastByte: UInt8 = 0

    /// Return as soon as a block ends: only there a checkpoint can be taken.
    var stopsAtBlocks = false

    init() throws(DecodeError) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // Negative: no zlib header; 15: the full window of 32 KiB.
        guard unsafe inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .memory
        }
    }

    /// Goes on behind a block: `bits` of the byte before the next one are not used yet.
    convenience init(window: [UInt8], bits: UInt8, lastByte: UInt8) throws(DecodeError) {
        try self.init()
        self.lastByte = lastByte
        if bits > 0 {
            guard unsafe inflatePrime(stream, Int32(bits), Int32(lastByte >> (8 - bits))) == Z_OK else {
                throw .damaged("the checkpoint has impossible bits")
            }
        }
        guard unsafe inflateSetDictionary(stream, window, UInt32(window.count)) == Z_OK else {
            throw .damaged("the checkpoint has an impossible window")
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
        throws(DecodeError) -> DecodeStep
    {
        let offered = UInt32(clamping: input.count)
        let room = UInt32(clamping: output.count)
        // zlib only reads through this pointer; its type lacks the const.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        )
        unsafe stream.pointee.avail_in = offered
        unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = room
        let status = unsafe inflate(stream, stopsAtBlocks ? Z_BLOCK : Z_NO_FLUSH)
        let consumed = unsafe Int(offered - stream.pointee.avail_in)
        if consumed > 0 { lastByte = unsafe input[consumed - 1] }
        switch status {
        case Z_OK, Z_STREAM_END, Z_BUF_ERROR:
            let produced = unsafe Int(room - stream.pointee.avail_out)
            return DecodeStep(consumed: consumed, produced: produced, isFinished: status == Z_STREAM_END)
        case Z_MEM_ERROR:
            throw .memory
        default:
            let message = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
            throw .damaged(message ?? "invalid data")
        }
    }

    /// What a stream needs to go on from here; nil unless a block just ended that is not the last.
    var resumption: (window: [UInt8], bits: UInt8, lastByte: UInt8)? {
        // inflate(): 128 at the end of a block, 64 in the last one, below that the unused bits of the last byte.
        let state = unsafe stream.pointee.data_type
        guard state & 128 != 0, state & 64 == 0 else { return nil }
        var length: UInt32 = 0
        let window = unsafe [UInt8](unsafeUninitializedCapacity: 32 << 10) { buffer, count in
            let status = unsafe inflateGetDictionary(stream, buffer.baseAddress, &length)
            count = status == Z_OK ? Int(length) : 0
        }
        return (window, UInt8(state & 7), lastByte)
    }
}
