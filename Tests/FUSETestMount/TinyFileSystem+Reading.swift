import DatasetFUSE
import DatasetSync
import DatasetVFS
import Glibc
import Synchronization

extension TinyFileSystem {
    func read(
        _ handle: UInt64,
        at offset: UInt64,
        into buffer: UnsafeMutableRawBufferPointer,
        _ context: CallContext
    ) throws(VFSError) -> Int {
        guard case .file(let content) = try tree.node(Inode(handle)).kind else { throw .badHandle }
        if let bytes = changes.content(of: Inode(handle)) { return unsafe copy(bytes, from: offset, to: buffer) }
        switch content {
        case .bytes(let bytes):
            return unsafe copy(bytes, from: offset, to: buffer)
        case .statistics:
            return unsafe copy(Array(report.utf8), from: offset, to: buffer)
        case .pattern(let size):
            guard offset < size else { return 0 }
            let count = Int(min(UInt64(buffer.count), size - offset))
            unsafe fill(buffer[..<count], from: offset)
            return count
        case .blocked:
            let never = Monitor(())
            _ = never.wait(until: context.cancellation) { _ in nil as Bool? }
            counters.withLock { $0.interrupted += 1 }
            throw VFSError(errno: context.cancellation.reason == .deadline ? ETIMEDOUT : EINTR)
        }
    }

    /// Copies from the one period of the pattern, so that reading is as fast as from memory.
    private func fill(_ buffer: Slice<UnsafeMutableRawBufferPointer>, from offset: UInt64) {
        var done = 0
        while unsafe done < buffer.count {
            let start = Int((offset + UInt64(done)) % UInt64(TinyTree.period.count))
            let part = unsafe TinyTree.period[start...].prefix(buffer.count - done)
            unsafe UnsafeMutableRawBufferPointer(rebasing: buffer.dropFirst(done)).copyBytes(from: part)
            done += part.count
        }
    }

    private func copy(_ bytes: [UInt8], from offset: UInt64, to buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard offset < UInt64(bytes.count) else { return 0 }
        let part = bytes[Int(offset)...].prefix(buffer.count)
        unsafe buffer.copyBytes(from: part)
        return part.count
    }
}
