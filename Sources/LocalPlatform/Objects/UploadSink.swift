import Crypto
import Foundation
import Hummingbird

/// Checksums of bytes that pass by once.
struct Checksums: Sendable {
    private(set) var size = 0
    private var md5State = Insecure.MD5()
    private var crcState = CRC32C()

    var md5: [UInt8] { Array(md5State.finalize()) }
    var crc32c: UInt32 { crcState.value }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe md5State.update(bufferPointer: bytes)
        unsafe crcState.update(bytes)
        size += bytes.count
    }

    /// Of a whole file. Blocks.
    static func of(_ file: OpenFile) throws -> Checksums {
        var sums = Checksums()
        let total = try file.size
        let content = ObjectContent(source: .files([(file, total)]), size: total, etag: "", hashes: nil)
        while sums.size < total {
            let chunk = try content.read(sums.size..<min(total, sums.size + ObjectContent.chunkSize))
            unsafe chunk.withUnsafeReadableBytes { unsafe sums.update($0) }
        }
        return sums
    }
}

/// Writes a request body to a file as it arrives, in batches off the event loop, and hashes each batch on the way.
struct UploadSink: Sendable {
    let file: OpenFile
    private(set) var offset: Int
    private(set) var sums = Checksums()

    private static let batch = 1 << 20

    init(_ file: OpenFile, at offset: Int = 0) {
        self.file = file
        self.offset = offset
    }

    /// Takes the body up to its end or to where the connection breaks.
    ///
    /// - Parameters:
    ///   - skip: bytes at the front that are already there.
    /// - Returns: whether the body came to its end.
    mutating func receive(_ body: RequestBody, skip: Int = 0) async throws -> Bool {
        var waiting = ByteBuffer()
        var toSkip = skip
        do {
            for try await var piece in body {
                let dropped = min(toSkip, piece.readableBytes)
                piece.moveReaderIndex(forwardBy: dropped)
                toSkip -= dropped
                waiting.writeBuffer(&piece)
                if waiting.readableBytes >= Self.batch {
                    try await store(waiting)
                    waiting = ByteBuffer()
                }
            }
        } catch let error as FileError {
            throw error
        } catch {
            try await store(waiting)
            return false
        }
        try await store(waiting)
        return true
    }

    private mutating func store(_ buffer: ByteBuffer) async throws {
        guard buffer.readableBytes > 0 else { return }
        let (file, position, before) = (file, offset, sums)
        sums = try await BlockingIO.run {
            var after = before
            try unsafe buffer.withUnsafeReadableBytes { bytes in
                unsafe after.update(bytes)
                try unsafe file.write(bytes, at: position)
            }
            return after
        }
        offset += buffer.readableBytes
    }
}
