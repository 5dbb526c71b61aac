internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel

/// What stands for the version of a published file that a listing has told and the store was never asked about.
///
/// Some listings tell names, times and sizes and no versions. A file that is overwritten while the store cannot be asked is
/// overwritten over what the listing told: whatever bears the same time and size later counts as that.
extension Version {
    private static let toldPrefix = unpublishedPrefix + "told/"

    /// - Returns: Nil for what has a version, or no time to be known by.
    static func told(_ fact: Fact) -> Version? {
        guard fact.kind == .file, fact.version == nil, fact.location.pendingID == nil, let modified = fact.modified
        else {
            return nil
        }
        return told(modified, fact.size)
    }

    private static func told(_ modified: Timestamp, _ size: UInt64?) -> Version {
        Version("\(toldPrefix)\(modified.nanoseconds)/\(size.map(String.init) ?? "")")
    }

    var isTold: Bool { rawValue.hasPrefix(Self.toldPrefix) }

    /// What the listing told still stands there.
    func isTold(of node: Node) -> Bool {
        guard let modified = node.modified else { return false }
        return self == Self.told(modified, node.size) || self == Self.told(modified, nil)
    }
}
