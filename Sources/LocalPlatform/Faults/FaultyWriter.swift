import Hummingbird

/// Passes a body on with its faults: slower, shorter, or with a wrong byte.
struct FaultyWriter: ResponseBodyWriter {
    var parent: any ResponseBodyWriter
    let effect: FaultEffect
    let clientPort: Int?
    private var position = 0

    init(parent: any ResponseBodyWriter, effect: FaultEffect, clientPort: Int?) {
        self.parent = parent
        self.effect = effect
        self.clientPort = clientPort
    }

    /// Time for bytes on their way to leave before the connection goes.
    private static let settling = Duration.milliseconds(50)

    mutating func write(_ buffer: ByteBuffer) async throws {
        var rest = corrupted(buffer)
        let end = [effect.resetAt, effect.truncateAt].compactMap { $0 }.min()
        if let end, position + rest.readableBytes > end {
            rest = rest.readSlice(length: max(0, end - position)) ?? ByteBuffer()
            try await pass(&rest)
            try await fail()
        }
        try await pass(&rest)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        if [effect.resetAt, effect.truncateAt].compactMap({ $0 }).contains(where: { $0 >= position }), position == 0 {
            try await fail()
        }
        try await parent.finish(trailingHeaders)
    }

    private func fail() async throws {
        try await Task.sleep(for: Self.settling)
        if effect.resetAt != nil { SocketReset.resetConnection(fromPort: clientPort) }
        throw ConnectionFault()
    }

    private mutating func pass(_ buffer: inout ByteBuffer) async throws {
        guard let rate = effect.bytesPerSecond else {
            position += buffer.readableBytes
            if buffer.readableBytes > 0 { try await parent.write(buffer) }
            return
        }
        let step = max(1, rate / 20)
        while buffer.readableBytes > 0, let piece = buffer.readSlice(length: min(step, buffer.readableBytes)) {
            try await Task.sleep(for: .seconds(Double(piece.readableBytes) / Double(rate)))
            position += piece.readableBytes
            try await parent.write(piece)
        }
    }

    private func corrupted(_ buffer: ByteBuffer) -> ByteBuffer {
        guard let place = effect.corruptAt, place >= position, place < position + buffer.readableBytes else {
            return buffer
        }
        var copy = buffer
        let index = copy.readerIndex + place - position
        if let byte: UInt8 = copy.getInteger(at: index) { copy.setInteger(~byte, at: index) }
        return copy
    }
}
