internal import DatasetHTTP
internal import DatasetModel
internal import Synchronization

extension Edison {
    /// A part of a content as the body of a request.
    final class PartSource: BodySource {
        private let content: any StagedContent
        private let range: Range<UInt64>
        private let problem = Mutex<StoreError?>(nil)

        init(_ content: any StagedContent, _ range: Range<UInt64>) {
            self.content = content
            self.range = range
        }

        var size: Int { Int(range.upperBound - range.lowerBound) }

        /// Why the content could not be read.
        var failure: StoreError? { problem.withLock { $0 } }

        func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
            do throws(StoreError) {
                try unsafe content.read(at: range.lowerBound + UInt64(offset), into: buffer)
                return true
            } catch {
                problem.withLock { $0 = error }
                return false
            }
        }
    }
}
