internal import DatasetModel
internal import FoundationEssentials

/// Attributes as the JSON that `Attributes.init(from:)` reads, always the same text for the same attributes.
///
/// Written by hand because every listing compares the text of every child: `JSONEncoder` takes some twenty times as
/// long. A test holds the fields against the type's own.
enum AttributesText {
    /// - Returns: Nil when there is nothing to write.
    static func encode(_ attributes: Attributes) -> String? {
        guard attributes != Attributes() else { return nil }
        var text = JSONText()
        text.open("{")
        text.member("description", attributes.description)
        text.key("tags")
        text.open("[")
        for tag in attributes.tags { text.element(tag) }
        text.close("]")
        text.member("id", attributes.id)
        text.member("datasetID", attributes.datasetID)
        text.member("parentID", attributes.parentID)
        text.member("projectID", attributes.projectID)
        text.member("alias", attributes.alias)
        text.member("status", attributes.status)
        text.member("storageType", attributes.storageType)
        text.member("contentType", attributes.contentType)
        text.member("owner", attributes.owner)
        text.member("share", attributes.share)
        text.member("originURL", attributes.originURL)
        text.member("mediaType", attributes.mediaType)
        text.member("isCollection", attributes.isCollection)
        text.key("digests")
        text.open("{")
        text.member("md5", attributes.digests.md5)
        text.member("crc32c", attributes.digests.crc32c)
        text.member("sha256", attributes.digests.sha256)
        text.member("etag", attributes.digests.etag)
        text.close("}")
        text.key("metadata")
        text.open("{")
        for (key, value) in attributes.metadata.sorted(by: { $0.key < $1.key }) { text.member(key, value) }
        text.close("}")
        text.close("}")
        return text.string
    }

    /// - Returns: Nil when the text is none that this program wrote.
    static func decode(_ text: String?) -> Attributes? {
        guard let text else { return Attributes() }
        return try? JSONDecoder().decode(Attributes.self, from: Data(text.utf8))
    }
}

/// Builds one JSON text; commas come by themselves.
private struct JSONText {
    private var bytes: [UInt8] = []
    private var needsComma = false

    init() { bytes.reserveCapacity(256) }

    var string: String { String(decoding: bytes, as: UTF8.self) }

    mutating func open(_ bracket: Unicode.Scalar) {
        separate()
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    mutating func key(_ key: String) {
        separate()
        quote(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func member(_ key: String, _ value: String?) {
        guard let value else { return }
        self.key(key)
        element(value)
    }

    mutating func member(_ key: String, _ value: Bool?) {
        guard let value else { return }
        self.key(key)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
        needsComma = true
    }

    mutating func element(_ value: String) {
        separate()
        quote(value)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            for byte in text.utf8 { escape(byte) }
        } else {
            bytes.append(contentsOf: text.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        default:
            bytes.append(byte)
        }
    }
}
