internal import DatasetModel

extension BlockCache {
    /// The size of a content that lies here in whole or in part: for when nobody else can tell it.
    ///
    /// - Returns: Nil where nothing of it is here.
    package func size(of key: ContentKey) -> UInt64? {
        let name = ContentName(key)
        if let header = directory.openContent(name)?.header { return header.key == key.bytes ? header.size : nil }
        guard let header = BlockFiles.header(of: name, in: directory.path), header.key == key.bytes else { return nil }
        return header.size
    }
}
