package import DatasetModel

/// Where an archive is written to.
///
/// Bytes come from the first to the last, but for the headers of large members, which are written once more when the
/// member's checksum is known. One thread calls.
package protocol ArchiveOutput: AnyObject {
    /// Puts `bytes` at `offset`, over what was written there.
    ///
    /// - Throws: What ends the writing of the archive.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError)
}
