/// Facts about a node beyond what `stat(2)` shows: what becomes extended attributes.
package struct Attributes: Sendable, Equatable, Codable {
    /// Nil: the store says nothing. A store that could hold one and has none says nil as well.
    package var description: String?
    package var tags: [String] = []

    package var id: String?
    package var datasetID: String?
    package var parentID: String?
    package var projectID: String?
    package var alias: String?

    package var status: String?
    package var storageType: String?
    package var contentType: String?
    package var owner: String?
    package var share: String?
    /// The platform's page of the entry; never a signed URL.
    package var originURL: String?
    /// The media type, where the store knows one.
    package var mediaType: String?
    /// True: the store says of this file that it is one zip which stands for a directory. Nil: it is not, or not told.
    package var isCollection: Bool?

    package var digests = Digests()
    /// The store's own metadata, each value as JSON text, without secrets.
    package var metadata: [String: String] = [:]

    package init() {}
}

/// Digests of the whole content, where the store declares them.
package struct Digests: Sendable, Equatable, Codable {
    /// Lower-case hexadecimal.
    package var md5: String?
    /// Lower-case hexadecimal, 8 digits.
    package var crc32c: String?
    /// Lower-case hexadecimal.
    package var sha256: String?
    /// Verbatim, quotes included.
    package var etag: String?

    package init(md5: String? = nil, crc32c: String? = nil, sha256: String? = nil, etag: String? = nil) {
        self.md5 = md5
        self.crc32c = crc32c
        self.sha256 = sha256
        self.etag = etag
    }
}
