/// A request body that is read piece by piece while it is sent, so that it need not be in memory.
///
/// It is read on the thread that called ``Transport/send``, which may therefore wait for a disk or another transfer.
package protocol BodySource: Sendable {
    /// Bytes; does not change.
    var size: Int { get }

    /// Copies the bytes at `offset` into the whole of `buffer`; the same bytes each time it is asked for them.
    ///
    /// - Returns: False when they cannot be had: the request ends with ``HTTPError/Code/local`` then.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool
}
