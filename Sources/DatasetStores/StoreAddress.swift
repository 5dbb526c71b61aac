/// What a person types to say which store to mount; a pure value, nothing is looked up.
///
/// | typed | meaning |
/// |---|---|
/// | `edison:` | the Edison platform, every dataset a directory |
/// | `edison:DATASET-ID` | that dataset alone |
/// | `edison+http://127.0.0.1:8080` | a server with Edison's API; `#DATASET-ID` at the end for that dataset alone |
/// | `file:DIR` | a directory, relative to the working directory, taken literally |
/// | `file:///abs/dir` | a directory as a file URL, percent-encoded (RFC 8089) |
/// | `memory:` | an empty store that ends with the process |
/// | `NAME:` | a store of that name in the configuration |
package enum StoreAddress: Hashable, Sendable {
    /// - Parameters:
    ///   - endpoint: `http://` or `https://` with host, port and base path, no slash at the end; nil for the platform's own.
    ///   - dataset: The one dataset to show; nil for all.
    case edison(endpoint: String?, dataset: String?)
    /// An absolute path.
    case directory(String)
    case memory
    /// A name that only the configuration can know.
    case named(String)

    /// - Parameter workingDirectory: An absolute path; what a relative directory starts from.
    /// - Throws: ``StoreAddressError``, which names what was typed and what would do.
    package init(parsing text: String, workingDirectory: String) throws(StoreAddressError) {
        // By bytes: as characters, a colon or slash with a combining mark behind it is another character.
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw .noColon(text)
        }
        let scheme = String(text[..<colon])
        let rest = String(text[text.utf8.index(after: colon)...])
        switch scheme {
        case "edison": self = .edison(endpoint: nil, dataset: try Self.dataset(rest))
        case "edison+http", "edison+https": self = try Self.endpoint(String(scheme.dropFirst(7)), rest)
        case "file": self = .directory(try Self.directory(rest, from: workingDirectory))
        case "memory" where rest.isEmpty: self = .memory
        case "memory": throw .unwantedRest(scheme: scheme)
        case _ where rest.isEmpty && Self.isName(scheme): self = .named(scheme)
        default: throw .unknownStore(Self.isName(scheme.replacing("+", with: "-")) ? scheme : "")
        }
    }

    /// A name that a store in the configuration may have: letters, digits, `.`, `_` and `-`, the first no mark.
    package static func isName(_ text: String) -> Bool {
        let isWord = text.utf8.allSatisfy { Self.isLetterOrDigit($0) || "._-".utf8.contains($0) }
        return isWord && (text.utf8.first.map(isLetterOrDigit) ?? false)
    }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func dataset(_ text: String) throws(StoreAddressError) -> String? {
        if text.isEmpty { return nil }
        guard isName(text) else { throw .invalidDataset }
        return text
    }
}

extension StoreAddress: CustomStringConvertible {
    /// The address as one would type it.
    package var description: String {
        switch self {
        case .edison(nil, let dataset): "edison:\(dataset ?? "")"
        case .edison(.some(let endpoint), let dataset): "edison+\(endpoint)\(dataset.map { "#\($0)" } ?? "")"
        case .directory(let path): "file:\(path)"
        case .memory: "memory:"
        case .named(let name): "\(name):"
        }
    }
}
