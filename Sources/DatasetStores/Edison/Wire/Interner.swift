extension Edison {
    /// Lets the entries of one listing share the texts that most of them have in common.
    struct Interner {
        private var known: [String: String] = [:]
        private static let capacity = 4096

        mutating func share(_ record: inout EntryRecord) {
            record.status = shared(record.status)
            record.owner = shared(record.owner)
            record.share = shared(record.share)
            record.datasetID = shared(record.datasetID)
            record.projectID = shared(record.projectID)
            record.parentID = shared(record.parentID)
            if let content = record.content, !LinkTarget.isURL(content) { record.content = nil }
        }

        private mutating func shared(_ text: String?) -> String? {
            guard let text else { return nil }
            if let same = known[text] { return same }
            if known.count < Self.capacity { known[text] = text }
            return text
        }
    }

    /// What may be the target of a link entry.
    enum LinkTarget {
        /// One word that begins with a scheme and `://` (RFC 3986).
        static func isURL(_ text: String) -> Bool {
            var scheme = 0
            var rest = text.utf8[...]
            while let byte = rest.first, byte != UInt8(ascii: ":") {
                guard scheme < 16, (0x61...0x7A).contains(byte | 0x20) || (0x2B...0x39).contains(byte) else {
                    return false
                }
                scheme += 1
                rest = rest.dropFirst()
            }
            return scheme > 0 && text.utf8.count <= DatasetReader.keptContent && rest.starts(with: "://".utf8)
                && rest.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        }
    }
}
