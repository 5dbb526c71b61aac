package import DatasetModel
package import DatasetSync
internal import Glibc

extension Gufe.FileStore {
    /// Bytes that are read, proven to be of the version asked for, and handed over at a time.
    private static var chunk: Int { 1 << 20 }

    /// Every byte handed over is of that version: the open file is asked again after each chunk, before the sink gets it.
    @available(*, noasync, message: "this waits for the disk")
    package func read(_ range: ByteRange, of node: Node, into sink: any ByteSink, until cancellation: Cancellation)
        throws(StoreError)
    {
        guard node.kind == .file, let size = node.size, let version = node.version, range.end <= size else {
            throw StoreError(.invalid, "There is no range \(range) to read in “\(node.location)”")
        }
        let path = try path(node.location)
        let operation = "Reading “\(node.location)”"
        try check(cancellation, operation)
        let file = try open(path, version)
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(min(UInt64(Self.chunk), range.count)),
            alignment: 4096
        )
        defer { unsafe buffer.deallocate() }
        var offset = range.offset
        while offset < range.end {
            try check(cancellation, operation)
            let wanted = Int(min(UInt64(buffer.count), range.end - offset))
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
            unsafe try fill(part, from: file, at: offset, version, path)
            guard unsafe sink.receive(UnsafeRawBufferPointer(part)) else { return }
            offset += UInt64(wanted)
        }
    }

    /// - Throws: `.versionGone` when something else, or nothing, is there now.
    private func open(_ path: Gufe.RelativePath, _ version: Version) throws(StoreError) -> Gufe.Descriptor {
        do throws(Gufe.SystemError) {
            let file = try tree.openFile(path)
            guard try Gufe.FileStatus(of: file).version == version else { throw Gufe.SystemError(number: ESTALE) }
            return file
        } catch {
            var failure = StoreError(error, "“\(path.location)” in \(traits.displayName) cannot be read")
            if failure.code == .notFound { failure.code = .versionGone }
            throw failure
        }
    }

    /// - Throws: `.versionGone` when the file was changed before all bytes were there, so that they may not be used.
    private func fill(
        _ buffer: UnsafeMutableRawBufferPointer,
        from file: borrowing Gufe.Descriptor,
        at offset: UInt64,
        _ version: Version,
        _ path: Gufe.RelativePath
    ) throws(StoreError) {
        let isWhole: Bool
        do throws(Gufe.SystemError) {
            isWhole = unsafe try Self.fill(buffer, from: file, at: offset)
            guard try Gufe.FileStatus(of: file).version == version else { throw Gufe.SystemError(number: ESTALE) }
        } catch {
            throw StoreError(error, "“\(path.location)” in \(traits.displayName) cannot be read")
        }
        guard isWhole else {
            throw StoreError(.corrupt, "“\(path.location)” in \(traits.displayName) is shorter than its own size")
        }
    }

    /// - Returns: False when the file ended first.
    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer,
        from file: borrowing Gufe.Descriptor,
        at offset: UInt64
    ) throws(Gufe.SystemError) -> Bool {
        let raw = file.raw
        var filled = 0
        while filled < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let position = off_t(clamping: offset + UInt64(filled))
            let count = try Gufe.systemCall { unsafe pread(raw, rest.baseAddress, rest.count, position) }
            if count == 0 { return false }
            filled += count
        }
        return true
    }
}
