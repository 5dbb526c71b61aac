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
            let bytes = text.utf8
            guard bytes.count <= DatasetReader.keptContent, let colon = text.firstRange(of: "://"),
                colon.lowerBound != text.startIndex
            else { return false }
            let scheme = text[..<colon.lowerBound].utf8
            return scheme.count <= 16
                && scheme.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2B }
                && bytes.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        }
    }
}
