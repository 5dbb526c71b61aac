/// The lzma of zip (APPNOTE 5.8): a header of its own, then what an `.lzma` file has behind its header.
final class LZMADecoder: Decoder {
    /// Version, length of the properties, properties.
    private static let headerLength = 9

    private let declaredSize: UInt64
    private let memory: UInt64
    private var header: [UInt8] = []
    private var decoder: XZDecoder?

    init(_ member: ArchiveMember, memory: UInt64) {
        // All ones: the stream itself says where it ends.
        declaredSize = member.flags.contains(.lzmaEndMarker) ? .max : member.size
        self.memory = memory
    }

    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
        throws(DecodeError) -> DecodeStep
    {
        if let decoder { return unsafe try decoder.decode(input, into: output) }
        let count = min(Self.headerLength - header.count, input.count)
        unsafe header.append(contentsOf: input.prefix(count))
        if header.count == Self.headerLength { try start() }
        return DecodeStep(consumed: count, produced: 0, isFinished: false)
    }

    private func start() throws(DecodeError) {
        guard header.uint16(at: 2) == 5 else { throw .unsupported("lzma with unknown properties") }
        let decoder = try XZDecoder(memory: memory, isAlone: true)
        var alone = Array(header[4...])
        alone.appendLittleEndian(declaredSize)
        var scratch: [UInt8] = [0]
        var rest = alone[...]
        while !rest.isEmpty {
            let step = try Self.feed(rest, to: decoder, scratch: &scratch)
            guard step.consumed > 0, step.produced == 0, !step.isFinished else { throw .damaged("no lzma header") }
            rest = rest.dropFirst(step.consumed)
        }
        self.decoder = decoder
    }

    private static func feed(_ input: ArraySlice<UInt8>, to decoder: XZDecoder, scratch: inout [UInt8])
        throws(DecodeError) -> DecodeStep
    {
        let bytes = Array(input)
        return try unsafe bytes.withRawBytes { input throws(DecodeError) in
            try unsafe scratch.withMutableRawBytes { output throws(DecodeError) in
                unsafe try decoder.decode(input, into: output)
            }
        }
    }
}
