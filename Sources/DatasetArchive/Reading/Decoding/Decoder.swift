/// One decompression under way, from the first byte of a member's data on; used by one thread at a time.
protocol Decoder: AnyObject {
    /// Takes what it can of `input` and writes what it can into `output`; `input` is empty when all was given.
    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
        throws(DecodeError) -> DecodeStep
}

struct DecodeStep: Equatable {
    var consumed: Int
    var produced: Int
    /// The stream says that this was all.
    var isFinished: Bool
}

/// Why a library gave up.
enum DecodeError: Error, Equatable {
    /// The data are not what the method writes; the library's word for it.
    case damaged(String)
    /// A dictionary larger than the limits, or no memory left.
    case memory
    /// A form of the method that is not known here.
    case unsupported(String)
}

/// The decoder of a member's method.
func makeDecoder(for member: ArchiveMember, limits: ArchiveLimits) throws(DecodeError) -> any Decoder {
    switch member.method {
    case .deflated: try InflateDecoder()
    case .bzip2: try Bzip2Decoder()
    case .lzma: LZMADecoder(member, memory: limits.maximumDecoderMemory)
    case .xz: try XZDecoder(memory: limits.maximumDecoderMemory)
    case .zstd, .zstdDeprecated: try ZstdDecoder(memory: limits.maximumDecoderMemory)
    default: throw .unsupported(member.method.name)
    }
}
