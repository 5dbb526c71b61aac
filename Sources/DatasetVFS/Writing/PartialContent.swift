internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync

/// A content that is kept here in part: the rest is what the store has of the version it was made from.
struct PartialContent: DraftBase {
    let content: SealedContent
    let rest: any DraftBase

    var size: UInt64 { content.size }
    var origin: Origin? { content.origin }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation)
        throws(StoreError)
    {
        let missing = content.missing
        let end = offset + UInt64(buffer.count)
        var position = offset
        while position < end {
            let gap = missing.first { $0.end > position }
            let isMissing = gap.map { $0.offset <= position } ?? false
            let next = min(end, (isMissing ? gap?.end : gap?.offset) ?? end)
            let part = unsafe UnsafeMutableRawBufferPointer(
                rebasing: buffer[Int(position - offset)..<Int(next - offset)]
            )
            if isMissing {
                try unsafe rest.read(at: position, into: part, until: cancellation)
            } else {
                try unsafe content.read(at: position, into: part, until: cancellation)
            }
            position = next
        }
    }
}
