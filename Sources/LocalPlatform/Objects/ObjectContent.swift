import Hummingbird
import Synchronization

/// The bytes of one object, wherever they come from, readable at any offset.
struct ObjectContent: Sendable {
    enum Source: Sendable {
        case pattern(ContentPattern)
        /// Files and their sizes, in order.
        case files([(file: OpenFile, size: Int)])
    }

    let source: Source
    let size: Int
    let etag: String
    let hashes: String?

    /// One chunk of a download: large enough that the hop to another thread does not count, small enough that a
    /// hundred downloads at once need little memory.
    static let chunkSize = 256 << 10

    /// Reads `range`, which must lie within the object; blocks.
    func read(_ range: Range<Int>) throws -> ByteBuffer {
        var buffer = ByteBuffer()
        try fill(&buffer, range)
        return buffer
    }

    private func fill(_ buffer: inout ByteBuffer, _ range: Range<Int>) throws {
        var failure: (any Error)?
        unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: range.count) { space in
            do {
                try unsafe fill(UnsafeMutableRawBufferPointer(rebasing: space[..<range.count]), at: range.lowerBound)
                return range.count
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
    }

    private func fill(_ target: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        switch source {
        case .pattern(let pattern):
            unsafe pattern.fill(target, offset: offset)
        case .files(let files):
            var start = 0
            for (file, length) in files {
                let lower = max(offset, start)
                let upper = min(offset + target.count, start + length)
                if lower < upper {
                    let piece = unsafe UnsafeMutableRawBufferPointer(
                        rebasing: target[(lower - offset)..<(upper - offset)]
                    )
                    try unsafe file.read(into: piece, at: lower - start)
                }
                start += length
            }
        }
    }

    /// A response body of these bytes: while one chunk is on its way out, the next is read.
    func body(
        _ range: Range<Int>,
        settle: @escaping @Sendable () async -> Void,
        sent: @escaping @Sendable (Int) -> Void
    ) -> ResponseBody {
        ResponseBody(contentLength: range.count) { writer in
            let ring = BufferRing()
            var position = range.lowerBound
            func readNext() -> Task<ByteBuffer, any Error> {
                let chunk = position..<min(range.upperBound, position + Self.chunkSize)
                position = chunk.upperBound
                return Task {
                    try await BlockingIO.run {
                        var buffer = ring.take(capacity: chunk.count)
                        try fill(&buffer, chunk)
                        return buffer
                    }
                }
            }
            var pending = readNext()
            while true {
                let buffer = try await pending.value
                let isLast = position == range.upperBound
                if !isLast { pending = readNext() }
                if buffer.readableBytes > 0 { try await writer.write(buffer) }
                await settle()
                sent(buffer.readableBytes)
                ring.give(buffer)
                if isLast { break }
            }
            try await writer.finish(nil)
        }
    }
}

/// The buffers of one download, used again in turn: fresh ones would have the kernel clear a gigabyte a second. One that
/// the connection still holds is replaced by itself, as a `ByteBuffer` is copied on write.
final class BufferRing: Sendable {
    private static let depth = 8

    private let spares = Mutex<[ByteBuffer]>([])

    func take(capacity: Int) -> ByteBuffer {
        var buffer = spares.withLock { $0.count < Self.depth ? ByteBuffer() : $0.removeFirst() }
        buffer.clear(minimumCapacity: capacity)
        return buffer
    }

    func give(_ buffer: ByteBuffer) {
        spares.withLock { $0.append(buffer) }
    }
}
