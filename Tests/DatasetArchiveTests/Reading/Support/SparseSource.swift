import DatasetModel
import DatasetSync

@testable import DatasetArchive

/// A source of any size that is zero but for some pieces: archives larger than this machine's memory.
struct SparseSource: ArchiveSource {
    let size: UInt64
    let pieces: [UInt64: [UInt8]]

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation) {
        unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
        let end = offset + UInt64(buffer.count)
        for (start, bytes) in pieces {
            for position in max(start, offset)..<max(max(start, offset), min(start + UInt64(bytes.count), end)) {
                unsafe buffer[Int(position - offset)] = bytes[Int(position - start)]
            }
        }
    }
}
