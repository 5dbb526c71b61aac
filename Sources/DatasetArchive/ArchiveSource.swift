package import DatasetModel
package import DatasetSync

/// The bytes of an archive wherever they are: behind ranged requests, in a cache, in memory.
///
/// Any number of calls may run at once.
package protocol ArchiveSource: Sendable {
    /// Length in bytes; the same as long as the source lives.
    var size: UInt64 { get }

    /// Fills `buffer` wholly with the bytes from `offset` on; never asked for what lies beyond `size`.
    @available(*, noasync, message: "this may wait for the network")
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation)
        throws(StoreError)
}

extension ArchiveSource {
    /// The bytes of `range`.
    ///
    /// - Throws: `.truncated` for what lies beyond the end; `.source` and `.interrupted` as the source says.
    @available(*, noasync, message: "this may wait for the network")
    func bytes(_ range: ByteRange, until cancellation: Cancellation) throws(ArchiveError) -> [UInt8] {
        guard range.end <= size, let count = Int(exactly: range.count) else {
            throw ArchiveError(.truncated, "The archive ends before byte \(range.end)")
        }
        if let reason = cancellation.reason { throw ArchiveError(reason, during: "Reading the archive") }
        var failure: StoreError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let target = unsafe UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
            do throws(StoreError) {
                if count > 0 { unsafe try read(at: range.offset, into: target, until: cancellation) }
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw ArchiveError(failure) }
        return bytes
    }
}
