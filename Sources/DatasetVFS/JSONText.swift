internal import FoundationEssentials

/// JSON as the control directory writes it: sorted keys, indented, a newline at the end.
enum JSONText {
    static func pretty(_ value: some Encodable) -> [UInt8] {
        encoded(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    }

    /// On one line, for files of one record a line.
    static func line(_ value: some Encodable) -> [UInt8] {
        encoded(value, [.sortedKeys, .withoutEscapingSlashes])
    }

    static func quoted(_ text: String) -> String {
        String(decoding: encoded(text, [.withoutEscapingSlashes]).dropLast(), as: UTF8.self)
    }

    private static func encoded(_ value: some Encodable, _ format: JSONEncoder.OutputFormatting) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = format
        // The values here are our own plain structs: encoding them fails only for a number that is no number.
        guard let data = try? encoder.encode(value) else { return Array("null\n".utf8) }
        return Array(data) + [UInt8(ascii: "\n")]
    }
}
