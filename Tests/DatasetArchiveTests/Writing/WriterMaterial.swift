import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Synchronization

@testable import DatasetArchive

/// A content in memory.
struct PlainContent: StagedContent {
    let bytes: [UInt8]
    var size: UInt64 { UInt64(bytes.count) }

    init(_ bytes: [UInt8]) { self.bytes = bytes }
    init(_ text: String) { bytes = Array(text.utf8) }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        unsafe copy(bytes, from: Int(offset), into: buffer)
    }
}

/// One call of memcpy(3): byte by byte a debug build takes its time.
private func copy(_ bytes: [UInt8], from offset: Int, into buffer: UnsafeMutableRawBufferPointer) {
    unsafe bytes.withUnsafeBytes { bytes in
        unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + buffer.count)]))
    }
}

/// A content of zeros that takes no memory.
struct ZeroContent: StagedContent {
    let size: UInt64

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
    }
}

/// Calls something before each read.
struct WatchedContent: StagedContent {
    let base: any StagedContent
    let beforeRead: @Sendable (UInt64) throws(StoreError) -> Void
    var size: UInt64 { base.size }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        try beforeRead(offset)
        unsafe try base.read(at: offset, into: buffer)
    }
}

/// An archive in memory: written, then read, with a note of what was asked for.
final class MemoryArchive: ArchiveOutput, ArchiveSource {
    private struct State {
        var bytes: [UInt8] = []
        var reads: [ByteRange] = []
    }

    private let state = Mutex(State())

    init(_ bytes: [UInt8] = []) { state.withLock { $0.bytes = bytes } }

    var size: UInt64 { state.withLock { UInt64($0.bytes.count) } }
    var bytes: [UInt8] { state.withLock { $0.bytes } }
    var reads: [ByteRange] { state.withLock { $0.reads } }

    func forgetReads() { state.withLock { $0.reads = [] } }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
        let copy = unsafe Array(bytes)
        state.withLock { state in
            let place = Int(offset)
            let end = min(place + copy.count, state.bytes.count)
            state.bytes.replaceSubrange(place..<end, with: copy)
        }
    }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer, until: Cancellation) throws(StoreError) {
        let range = ByteRange(offset: offset, count: UInt64(buffer.count))
        let bytes = state.withLock { state in
            state.reads.append(range)
            return state.bytes
        }
        unsafe copy(bytes, from: Int(offset), into: buffer)
    }
}

/// An archive in a file that has holes where zeros are, so that gigabytes fit anywhere.
final class SparseFile: ArchiveOutput, ArchiveSource {
    private let number: Int32
    private static let zeros = [UInt8](repeating: 0, count: 1 << 21)

    init(_ path: String) {
        number = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    }

    deinit { close(number) }

    var size: UInt64 { UInt64(lseek(number, 0, SEEK_END)) }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
        guard let start = bytes.baseAddress else { return }
        let isZero = unsafe bytes.count <= Self.zeros.count && memcmp(start, Self.zeros, bytes.count) == 0
        let count: Int
        if isZero {
            count = ftruncate(number, off_t(max(size, offset + UInt64(bytes.count)))) == 0 ? bytes.count : -1
        } else {
            count = unsafe pwrite(number, start, bytes.count, off_t(offset))
        }
        guard count == bytes.count else { throw StoreError(.localFailure, "The archive could not be written") }
    }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer, until: Cancellation) throws(StoreError) {
        guard unsafe pread(number, buffer.baseAddress, buffer.count, off_t(offset)) == buffer.count else {
            throw StoreError(.localFailure, "The archive could not be read")
        }
    }
}

extension ArchiveWriter {
    init(threads: Int) {
        self.init()
        self.threads = threads
    }

    /// Writes an archive in memory.
    func archive(_ members: [NewMember], copyingFrom old: (any ArchiveSource)? = nil) throws -> MemoryArchive {
        let output = MemoryArchive()
        let plan = try ArchivePlan(members)
        let written = try write(plan, copyingFrom: old, to: output, until: Cancellation())
        precondition(written.size == output.size && written.size <= plan.largestSize)
        return output
    }
}

func writeFile(_ bytes: [UInt8], to path: String) throws {
    let file = SparseFile(path)
    unsafe try bytes.withUnsafeBytes { unsafe try file.write($0, at: 0) }
}

func fileBytes(_ path: String) throws -> [UInt8] {
    let number = unsafe open(path, O_RDONLY)
    defer { close(number) }
    let size = Int(lseek(number, 0, SEEK_END))
    return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        count = unsafe max(pread(number, buffer.baseAddress, size, 0), 0)
    }
}
