/// Where the bytes of a transfer go, in order, on the transfer's thread.
///
/// An implementation must not wait for the network: the thread that calls it moves every other transfer too.
package protocol ByteSink: AnyObject, Sendable {
    /// Takes the next bytes; they are only valid during the call.
    ///
    /// - Returns: False to end the transfer.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool
}
