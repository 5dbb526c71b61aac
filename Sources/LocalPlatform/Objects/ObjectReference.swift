/// What the object store knows bytes by: an object of its own, or a file of a bucket folder.
enum ObjectReference: Equatable {
    case own(key: String)
    case bucket(name: String, path: String)

    /// Reads the text of a location's `object` column.
    init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        if parts.count == 3, parts[0] == "bucket" {
            self = .bucket(name: String(parts[1]), path: String(parts[2]))
        } else {
            self = .own(key: text)
        }
    }

    var text: String {
        switch self {
        case .own(let key): key
        case .bucket(let name, let path): "bucket:\(name):\(path)"
        }
    }

    /// The form that stands in a URL path.
    var urlComponent: String {
        switch self {
        case .own(let key): key
        case .bucket: "b~" + Base64.urlString(text.utf8)
        }
    }

    init?(urlComponent: String) {
        guard urlComponent.hasPrefix("b~") else {
            guard let key = Identifier.normalized(urlComponent) else { return nil }
            self = .own(key: key)
            return
        }
        guard let bytes = Base64.urlBytes(String(urlComponent.dropFirst(2))) else { return nil }
        self.init(String(decoding: bytes, as: UTF8.self))
    }
}
