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
///
/// One with an origin is taken to be at the store as a whole: what a draft does not change is fetched from there when it is
/// published. A content of which only a part is there goes to ``Journal/makeDraft(over:)`` as it is, or as a
/// ``CompletedContent``; wrapped in a type of one's own, the bytes that are only here would be forgotten.
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
