package import DatasetModel
package import DatasetSync

/// A sealed content of which bytes are missing, together with the version that has them: all of it can be read.
///
/// For whoever goes on writing a content that was found in the journal at the start: ``Journal/makeDraft(over:)`` takes it.
package struct CompletedContent: DraftBase {
    package let content: SealedContent
    package let rest: any DraftBase

    /// - Parameter rest: The version that ``SealedContent/origin`` names.
    package init(_ content: SealedContent, rest: any DraftBase) {
        self.content = content
        self.rest = rest
    }

    package var size: UInt64 { content.size }
    package var origin: Origin? { content.origin }

    @available(*, noasync, message: "this may wait for the network")
    package func read(
        at offset: UInt64,
        into buffer: UnsafeMutableRawBufferPointer,
        until cancellation: Cancellation
    ) throws(StoreError) {
        let range = ByteRange(offset: offset, count: UInt64(buffer.count))
        let missing = content.missingExtents
        for part in missing.parts(of: range) {
            try unsafe rest.read(at: part.offset, into: buffer.part(part, of: range), until: cancellation)
        }
        for part in missing.gaps(in: range) {
            try unsafe content.read(at: part.offset, into: buffer.part(part, of: range))
        }
    }
}
