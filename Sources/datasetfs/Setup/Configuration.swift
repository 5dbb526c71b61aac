internal import Glibc
internal import Yams

/// `config.yaml`: stores by name. Flags on the command line come before what stands here.
///
/// ```yaml
/// stores:
///   lab:
///     address: edison+http://127.0.0.1:8080
///     api-key-file: ~/.config/datasetfs/lab.key
///     datasets: [66cee0ed-fb4d-4390-ab81-d9640839aacb]
///     include-shared: false
/// ```
struct Configuration: Decodable {
    struct Store: Decodable {
        var address: String
        var apiKeyFile: String?
        var datasets: [String]?
        var entries: [String]?
        var user: String?
        var includeShared: Bool?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case address, datasets, entries, user
            case apiKeyFile = "api-key-file"
            case includeShared = "include-shared"
        }
    }

    var stores: [String: Store] = [:]

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        stores = try container.decodeIfPresent([String: Store].self, forKey: .stores) ?? [:]
    }

    enum CodingKeys: String, CodingKey {
        case stores
    }

    /// Reads the first file there is; none is an empty configuration.
    static func load(explicit: String?, paths: Paths) throws(Failure) -> Configuration {
        if let explicit {
            guard let text = read(explicit) else {
                throw Failure(.failed, "cannot read the configuration \(explicit).")
            }
            return try parse(text, explicit)
        }
        for path in paths.configurations {
            if let text = read(path) { return try parse(text, path) }
        }
        return Configuration()
    }

    static func parse(_ text: String, _ path: String) throws(Failure) -> Configuration {
        // An empty file, or one of comments only, configures nothing.
        let isEmpty = text.split(separator: "\n").allSatisfy { line in
            line.allSatisfy(\.isWhitespace) || line.drop(while: \.isWhitespace).hasPrefix("#")
        }
        if isEmpty { return Configuration() }
        do {
            return try YAMLDecoder().decode(Configuration.self, from: text)
        } catch {
            throw Failure(.failed, "\(path) is no valid configuration: \(explain(error))")
        }
    }

    private static func explain(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        switch error {
        case .keyNotFound(let key, let context):
            return "“\(dotted(context.codingPath))” has no “\(key.stringValue)”."
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "“\(dotted(context.codingPath))” has a value of the wrong kind."
        case .dataCorrupted(let context):
            return context.underlyingError.map { "\($0)" } ?? context.debugDescription
        @unknown default:
            return "\(error)"
        }
    }

    private static func dotted(_ path: [any CodingKey]) -> String {
        path.map(\.stringValue).joined(separator: ".")
    }

    private static func read(_ path: String) -> String? {
        guard let file = unsafe fopen(path, "re") else { return nil }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < 1 << 20 {
            let count = unsafe fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
