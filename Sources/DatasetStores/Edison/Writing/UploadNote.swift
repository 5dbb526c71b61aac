internal import DatasetModel

extension Edison {
    /// What is written down about a creation or replacement, so that a later try goes on where this one ended.
    ///
    /// URLs in it open what they name: it belongs nowhere but into the ledger.
    struct UploadNote: Equatable, Sendable {
        /// Stands in the entry's metadata: by it the entry is known again when the answer to its creation was lost. Of a
        /// dataset it is the id.
        var marker: String
        /// When the first try began, nanoseconds since 1970 by this machine's clock.
        var began: Int64
        /// Where the entry is made.
        var place = Place()
        var name = ""
        /// The request that makes the entry may have reached the platform.
        var isSent = false
        /// The entry, once it is known; of a replacement, the one that brings the new content.
        var entry: String?
        /// Stands for the bytes that are stored: what was begun with others is of no use.
        var fingerprint: String?
        /// A text was refused as such and is stored as a file.
        var isFile = false

        /// Of a replacement: the entry that is replaced, and the revision that will hold the new content.
        var target: String?
        var revision: String?

        /// Where the older protocol begins.
        var uploadURL: String?
        var session: String?
        var multipart: Multipart?

        /// A multipart upload under way.
        struct Multipart: Equatable, Sendable {
            var id: String
            var urls: [String]
            /// By index of the part; empty for what is not stored yet.
            var etags: [String]
        }

        init(marker: String, began: Int64) {
            self.marker = marker
            self.began = began
        }
    }

    /// Where an entry lies.
    struct Place: Equatable, Sendable {
        var dataset: String?
        var parent: String?
    }
}

extension Edison.UploadNote {
    private static let version = 1

    /// Nil when the text is no note of this form.
    init?(_ text: String) {
        guard let json = try? Edison.JSON.parse(Array(text.utf8)), json["v"]?.asInteger == Self.version,
            let marker = json["marker"]?.asString, let began = json["began"]?.asInteger
        else { return nil }
        self.init(marker: marker, began: Int64(began))
        place = Edison.Place(dataset: json["dataset"]?.asString, parent: json["parent"]?.asString)
        name = json["name"]?.asString ?? ""
        isSent = json["sent"]?.asBool ?? false
        entry = json["entry"]?.asString
        isFile = json["file"]?.asBool ?? false
        fingerprint = json["fingerprint"]?.asString
        target = json["target"]?.asString
        revision = json["revision"]?.asString
        uploadURL = json["upload_url"]?.asString
        session = json["session"]?.asString
        if let upload = json["multipart"] { multipart = Multipart(upload) }
    }

    var text: String {
        var members = [
            Edison.JSON.Member("v", .number(String(Self.version))), Edison.JSON.Member("marker", .string(marker)),
            Edison.JSON.Member("began", .number(String(began))), Edison.JSON.Member("name", .string(name)),
            Edison.JSON.Member("sent", .bool(isSent)), Edison.JSON.Member("file", .bool(isFile)),
        ]
        let texts = [
            ("dataset", place.dataset), ("parent", place.parent), ("entry", entry), ("target", target),
            ("revision", revision), ("fingerprint", fingerprint), ("upload_url", uploadURL), ("session", session),
        ]
        for (name, text) in texts {
            if let text { members.append(Edison.JSON.Member(name, .string(text))) }
        }
        if let multipart { members.append(Edison.JSON.Member("multipart", multipart.json)) }
        return Edison.JSON.object(members).text
    }
}

extension Edison.UploadNote.Multipart {
    init?(_ json: Edison.JSON) {
        let urls = json["urls"]?.asArray?.compactMap(\.asString) ?? []
        let etags = json["etags"]?.asArray?.compactMap(\.asString) ?? []
        guard let id = json["id"]?.asString, urls.count == etags.count else { return nil }
        self.init(id: id, urls: urls, etags: etags)
    }

    var json: Edison.JSON {
        .object([
            Edison.JSON.Member("id", .string(id)),
            Edison.JSON.Member("urls", .array(urls.map { .string($0) })),
            Edison.JSON.Member("etags", .array(etags.map { .string($0) })),
        ])
    }
}
