extension Edison.JSON {
    /// The value on one line, members in their order.
    var text: String {
        var bytes: [UInt8] = []
        write(to: &bytes, indentation: nil)
        return String(decoding: bytes, as: UTF8.self)
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes, indentation: nil)
        return bytes
    }

    /// The value as a file for people: indented by two, a line feed at the end.
    var document: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes, indentation: 0)
        bytes.append(0x0A)
        return bytes
    }

    /// The same value with the members of every object in the order of their names.
    var sorted: Edison.JSON {
        switch self {
        case .array(let elements): .array(elements.map(\.sorted))
        case .object(let members):
            .object(members.map { Member($0.name, $0.value.sorted) }.sorted { $0.name < $1.name })
        case .null, .bool, .number, .string: self
        }
    }

    private func write(to output: inout [UInt8], indentation: Int?) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let flag): output += (flag ? "true" : "false").utf8
        case .number(let text): output += text.utf8
        case .string(let text): Self.write(text, to: &output)
        case .array(let elements):
            Self.write(elements, brackets: "[]", to: &output, indentation) { element, output, inner in
                element.write(to: &output, indentation: inner)
            }
        case .object(let members):
            Self.write(members, brackets: "{}", to: &output, indentation) { member, output, inner in
                Self.write(member.name, to: &output)
                output += (inner == nil ? ":" : ": ").utf8
                member.value.write(to: &output, indentation: inner)
            }
        }
    }

    private static func write<Item>(
        _ items: [Item],
        brackets: String,
        to output: inout [UInt8],
        _ indentation: Int?,
        _ writeItem: (Item, inout [UInt8], Int?) -> Void
    ) {
        let inner = items.isEmpty ? nil : indentation.map { $0 + 2 }
        output += brackets.utf8.prefix(1)
        for (index, item) in items.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            if let inner { output += [0x0A] + Array(repeating: 0x20, count: inner) }
            writeItem(item, &output, inner)
        }
        if inner != nil, let indentation { output += [0x0A] + Array(repeating: 0x20, count: indentation) }
        output += brackets.utf8.suffix(1)
    }

    private static func write(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case 0x0A: output += "\\n".utf8
            case 0x0D: output += "\\r".utf8
            case 0x09: output += "\\t".utf8
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                output += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
