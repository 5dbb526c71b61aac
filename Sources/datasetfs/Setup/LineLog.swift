internal import DatasetModel
internal import DatasetSync
internal import FoundationEssentials
internal import Logging

enum LogFormat: String, CaseIterable, Sendable {
    case text, json
}

/// One line a message on standard error: `time level message key=value …`, or a JSON object.
struct LineLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    let format: LogFormat
    let label: String

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
        let time = Timestamp(nanoseconds: SystemTime().wallNanoseconds()).rfc3339
        switch format {
        case .text:
            let tail = fields.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }.joined()
            Console.error("\(time) \(event.level) \(event.message)\(tail)")
        case .json:
            var object = ["time": time, "level": "\(event.level)", "message": "\(event.message)"]
            for (key, value) in fields { object[key] = "\(value)" }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            // A dictionary of strings always encodes.
            guard let data = try? encoder.encode(object) else { return }
            Console.error(String(decoding: data, as: UTF8.self))
        }
    }

    /// Values with spaces, quotes or line ends in quotes, so that one message stays one line.
    private static func quoted(_ value: String) -> String {
        guard value.contains(where: { $0.isWhitespace || $0 == "\"" || $0 == "=" }) || value.isEmpty else {
            return value
        }
        var result = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
