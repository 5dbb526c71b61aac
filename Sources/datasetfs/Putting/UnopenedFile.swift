internal import DatasetModel

/// A file that is opened for each read: very many of them may be waiting at once.
struct UnopenedFile: StagedContent {
    private let path: String
    private let stamp: FileStamp

    init(_ path: String, _ stamp: FileStamp) {
        self.path = path
        self.stamp = stamp
    }

    var size: UInt64 { stamp.size }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        let file = try LocalFile(path)
        guard file.stamp == stamp else {
            throw StoreError(
                .localFailure,
                "\(path) was written to while it was packed",
                remedy: "Send it again when nobody writes to it."
            )
        }
        unsafe try file.read(at: offset, into: buffer)
    }
}
