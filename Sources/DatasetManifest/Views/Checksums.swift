internal import DatasetModel

/// `SHA256SUMS`: one line for each file whose digest is known, as `sha256sum` of GNU coreutils 9 writes it.
enum Checksums {
    static func write<Failure: Error>(
        _ tree: FactsTree,
        to sink: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        var buffer: [UInt8] = []
        for item in tree.items where item.facts.kind == .file {
            guard let digest = Digests.checkedSHA256(item.facts.digests.sha256) else { continue }
            appendLine(digest, item.path, to: &buffer)
            if buffer.count >= 64 << 10 {
                try sink(buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        if !buffer.isEmpty { try sink(buffer) }
    }

    /// A backslash at the beginning of the line says that backslashes, line feeds and carriage returns in the name are
    /// escaped. The name `-` alone would mean the standard input.
    private static func appendLine(_ digest: String, _ path: String, to buffer: inout [UInt8]) {
        let isEscaped = path.utf8.contains { $0 == UInt8(ascii: "\\") || $0 == 0x0A || $0 == 0x0D }
        if isEscaped { buffer.append(UInt8(ascii: "\\")) }
        buffer += digest.utf8
        buffer += "  ".utf8
        if path == "-" { buffer += "./".utf8 }
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): buffer += "\\\\".utf8
            case 0x0A: buffer += "\\n".utf8
            case 0x0D: buffer += "\\r".utf8
            default: buffer.append(byte)
            }
        }
        buffer.append(0x0A)
    }
}

extension Digests {
    /// A SHA-256 in the form of one; nil for everything else a store may have said.
    static func checkedSHA256(_ text: String?) -> String? { checked(text, digits: 64) }

    static func checkedMD5(_ text: String?) -> String? { checked(text, digits: 32) }

    private static func checked(_ text: String?, digits: Int) -> String? {
        guard let text, text.utf8.count == digits else { return nil }
        let isHexadecimal = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte)
        }
        return isHexadecimal ? text.lowercased() : nil
    }
}
