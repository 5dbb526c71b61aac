package import DatasetModel

/// Which extended attribute says what: a pure table from facts to values.
package enum AttributePolicy {
    /// Where a file's content is, as `user.datasetfs.state` says it.
    package enum State: String, Sendable {
        case remote, partial, cached, dirty, queued, uploading, error, local
    }

    /// Files below a directory, at whatever depth, and their bytes.
    package struct Total: Sendable, Equatable {
        package var files: Int
        package var bytes: UInt64
    }

    /// What a value is made from.
    package struct Subject: Sendable {
        package var node: Node
        package var state: State?
        /// The last error of this path, one line.
        package var error: String?
        /// Of a directory whose listing is known.
        package var files: Int?
        package var bytes: UInt64?
        /// Of everything below a directory, as far as it is known whole.
        package var total: Total?

        package init(node: Node, state: State? = nil, error: String? = nil, files: Int? = nil, bytes: UInt64? = nil) {
            self.node = node
            self.state = state
            self.error = error
            self.files = files
            self.bytes = bytes
        }
    }

    /// Listed by `listxattr`: what can be set and makes sense to copy.
    static let portable = ["user.description", "user.tags"]

    private static let metadataPrefix = "user.datasetfs.meta."

    private static let values: [(name: String, value: @Sendable (Subject) -> String?)] = [
        ("user.description", { $0.node.attributes.description }),
        ("user.tags", { joined($0.node.attributes.tags) }),
        ("user.xdg.comment", { $0.node.attributes.description }),
        ("user.xdg.tags", { joined($0.node.attributes.tags) }),
        ("user.mime_type", { $0.node.attributes.mediaType }),
        ("user.xdg.origin.url", { $0.node.attributes.originURL }),
        ("user.datasetfs.id", { $0.node.attributes.id }),
        ("user.datasetfs.dataset_id", { $0.node.attributes.datasetID }),
        ("user.datasetfs.parent_id", { $0.node.attributes.parentID }),
        ("user.datasetfs.project_id", { $0.node.attributes.projectID }),
        ("user.datasetfs.alias", { $0.node.attributes.alias }),
        ("user.datasetfs.status", { $0.node.attributes.status }),
        ("user.datasetfs.storage_type", { $0.node.attributes.storageType }),
        ("user.datasetfs.content_type", { $0.node.attributes.contentType }),
        ("user.datasetfs.version", { $0.node.version?.rawValue }),
        ("user.datasetfs.owner", { $0.node.attributes.owner }),
        ("user.datasetfs.created_at", { $0.node.created?.rfc3339 }),
        ("user.datasetfs.modified_at", { $0.node.modified?.rfc3339 }),
        ("user.datasetfs.share", { $0.node.attributes.share }),
        ("user.datasetfs.md5", { $0.node.attributes.digests.md5 }),
        ("user.datasetfs.crc32c", { $0.node.attributes.digests.crc32c }),
        ("user.datasetfs.sha256", { $0.node.attributes.digests.sha256 }),
        ("user.datasetfs.etag", { $0.node.attributes.digests.etag }),
        ("user.datasetfs.state", { $0.state?.rawValue }),
        ("user.datasetfs.error", { $0.error }),
        ("user.datasetfs.meta", { metadata($0.node.attributes.metadata) }),
        ("user.datasetfs.dir.files", { $0.files.map(String.init) }),
        ("user.datasetfs.dir.bytes", { $0.bytes.map { String($0) } }),
        ("user.datasetfs.dir.rfiles", { $0.total.map { String($0.files) } }),
        ("user.datasetfs.dir.rbytes", { $0.total.map { String($0.bytes) } }),
    ]

    private static let table = Dictionary(uniqueKeysWithValues: values.map { ($0.name, $0.value) })

    /// The value of one attribute, nil when there is none.
    package static func value(of name: String, for subject: Subject) -> String? {
        if let value = table[name] { return value(subject) }
        guard name.hasPrefix(metadataPrefix) else { return nil }
        return subject.node.attributes.metadata[String(name.dropFirst(metadataPrefix.count))].map(plain)
    }

    /// What setting an attribute asks of the store; an empty value takes it away.
    ///
    /// - Returns: Nil for names that only tell.
    package static func change(_ name: String, _ value: [UInt8]) -> AttributeChange? {
        let text = String(decoding: value, as: UTF8.self)
        switch name {
        case "user.description", "user.xdg.comment": return AttributeChange(description: text)
        case "user.tags", "user.xdg.tags":
            let tags = text.split(separator: ",").map { $0.trimmingSpaces }
            return AttributeChange(tags: tags.filter { !$0.isEmpty })
        default: return nil
        }
    }

    /// Attributes that a listing does not tell: the store must be asked for the one node.
    package static func needsWholeNode(_ name: String) -> Bool {
        switch name {
        case "user.datasetfs.version", "user.datasetfs.storage_type", "user.datasetfs.content_type",
            "user.datasetfs.md5", "user.datasetfs.crc32c", "user.datasetfs.sha256", "user.datasetfs.etag",
            "user.mime_type", "user.datasetfs.meta":
            true
        default: name.hasPrefix(metadataPrefix)
        }
    }

    /// Told of all that lies below a directory.
    static func isTotal(_ name: String) -> Bool {
        name == "user.datasetfs.dir.rfiles" || name == "user.datasetfs.dir.rbytes"
    }

    /// The names that are listed: the portable ones, or every one that has a value.
    package static func names(for subject: Subject, all: Bool) -> [String] {
        let listed = all ? values.map(\.name) : portable
        let single =
            all ? subject.node.attributes.metadata.keys.sorted().map { metadataPrefix + $0 }.filter(isName) : []
        return listed.filter { value(of: $0, for: subject) != nil } + single
    }

    /// What xattr(7) allows: at most 255 bytes, no NUL.
    private static func isName(_ name: String) -> Bool {
        name.utf8.count <= 255 && !name.utf8.contains(0)
    }

    private static func joined(_ tags: [String]) -> String? {
        tags.isEmpty ? nil : tags.joined(separator: ",")
    }

    /// One JSON object with sorted keys; the values are JSON text already.
    private static func metadata(_ values: [String: String]) -> String? {
        guard !values.isEmpty else { return nil }
        let fields = values.sorted { $0.key < $1.key }.map { "\(JSONText.quoted($0.key)): \($0.value)" }
        return "{" + fields.joined(separator: ", ") + "}"
    }

    /// A JSON string without its quotes, where nothing in it is escaped; anything else as it stands.
    private static func plain(_ json: String) -> String {
        guard json.count >= 2, json.hasPrefix("\""), json.hasSuffix("\""), !json.contains("\\") else { return json }
        return String(json.dropFirst().dropLast())
    }
}

extension Substring {
    /// Without white space at either end.
    fileprivate var trimmingSpaces: String {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
