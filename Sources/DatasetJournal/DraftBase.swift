package import DatasetModel
package import DatasetSync

/// Where bytes come from that are not here: one version of one thing in the store.
package struct Origin: Sendable, Hashable {
    package var location: Location
    package var version: Version

    package init(location: Location, version: Version) {
        self.location = location
        self.version = version
    }
}

/// What a draft changes: the version that it was opened over.
package protocol DraftBase: Sendable {
    var size: UInt64 { get }
    /// Nil for bytes that are local themselves.
    var origin: Origin? { get }

    /// Fills the whole of `buffer` from `offset` on, which lies within the size.
    ///
    /// - Throws: What the store said, or `.localFailure`.
    @available(*, noasync, message: "this may wait for the network")
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation)
        throws(StoreError)
}
