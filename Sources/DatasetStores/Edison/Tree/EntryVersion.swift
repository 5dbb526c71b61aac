internal import Crypto
internal import DatasetModel

extension Edison {
    /// The name of one state of a content.
    ///
    /// A revision names a text, or the platform's own object, for good, and every answer about an entry tells it. Where
    /// the content can change without a new revision the name has more parts: an object in somebody's bucket, and an
    /// entry from before there were revisions, are told apart by the object's ETag or the text's digest.
    ///
    ///     r:<revision id>          the revision
    ///     t:<digest>               a text without revision
    ///     m:<modified>.<number>    an object without revision: the entry's stamp and generation
    ///     …/e:<digest of ETag>     and this very object
    ///     …/s:<size>               and of this size, not the one the uploader declared
    struct EntryVersion: Equatable {
        private(set) var base: String
        private(set) var etagDigest: String?
        private(set) var size: UInt64?

        /// The state that an answer about an entry tells of.
        init(_ answer: EntryAnswer, shape: Shape, inlineContent: [UInt8]?) {
            if let revision = answer.shownRevision {
                base = "r:\(revision)"
            } else if let inlineContent {
                base = "t:\(Self.digest(inlineContent))"
            } else {
                base = "m:\(answer.entry.modified?.nanoseconds ?? 0).\(answer.generation).\(answer.version)"
            }
            // What such a file says of a place may change together with the entry's other facts.
            if case .reference = shape, let inlineContent { base = "t:\(Self.digest(inlineContent))" }
        }

        /// Nil when the text is no version of this store.
        init?(_ version: Version) {
            let parts = version.rawValue.split(separator: "/", omittingEmptySubsequences: false)
            guard let first = parts.first, ["r:", "t:", "m:"].contains(first.prefix(2)) else { return nil }
            base = String(first)
            for part in parts.dropFirst() {
                switch part.prefix(2) {
                case "e:": etagDigest = String(part.dropFirst(2))
                case "s:": size = UInt64(part.dropFirst(2))
                default: return nil
                }
            }
        }

        var version: Version {
            Version(base + (etagDigest.map { "/e:\($0)" } ?? "") + (size.map { "/s:\($0)" } ?? ""))
        }

        /// The revision to ask for when the content is wanted again.
        var revision: String? { base.hasPrefix("r:") ? String(base.dropFirst(2)) : nil }

        /// The same, told apart by what is known of the object itself.
        func with(etag: String?, size: UInt64?) -> EntryVersion {
            var version = self
            version.etagDigest = etag.map { Self.digest($0.utf8) }
            version.size = size
            return version
        }

        /// An object with this ETag may be the one meant.
        func admits(etag: String?) -> Bool {
            guard let etagDigest else { return true }
            return etag.map { Self.digest($0.utf8) } == etagDigest
        }

        private static func digest(_ bytes: some Sequence<UInt8>) -> String {
            Hexadecimal.text(SHA256.hash(data: Array(bytes)).prefix(16))
        }
    }

    enum Hexadecimal {
        static func text(_ bytes: some Sequence<UInt8>) -> String {
            let digits = Array("0123456789abcdef".utf8)
            return String(
                decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
                as: UTF8.self
            )
        }
    }
}

extension Edison.EntryAnswer {
    /// The revision whose content this answer carries.
    var shownRevision: String? { revisionID ?? currentRevisionID }
}
