extension Redaction {
    /// Free text without the secrets that can be told by their shape or by what stands before them.
    ///
    /// URLs are shortened as ``url(_:isSecret:)`` does; after `Bearer`, `token=`, `"password":` and the like the rest of the
    /// line is hidden; so are long strings of mixed letters and digits. Better too much than too little.
    ///
    /// - Parameter secrets: Known secrets, hidden wherever they stand, also percent-encoded.
    package static func message(_ text: String, hiding secrets: [String] = []) -> String {
        let lines = bytes(of: text, hiding: secrets).split(separator: 0x0a, omittingEmptySubsequences: false)
        return lines.map { line(Array($0)) }.joined(separator: "\n")
    }

    /// Text in which known secrets are hidden, also percent-encoded, and nothing else: for a server's own words, whose ids
    /// and names are to stay.
    package static func hiding(_ secrets: [String], in text: String) -> String {
        String(decoding: bytes(of: text, hiding: secrets), as: UTF8.self)
    }

    private static func bytes(of text: String, hiding secrets: [String]) -> [UInt8] {
        var bytes = Array(text.utf8)
        for secret in secrets where !secret.isEmpty {
            bytes = replacing(Array(secret.utf8), in: bytes)
            bytes = replacing(percentEncoded(secret), in: bytes)
        }
        return bytes
    }

    private static func line(_ line: [UInt8]) -> String {
        var shown: [UInt8] = []
        var index = 0
        var isRunStart = true
        while index < line.count {
            let byte = line[index]
            if isRunStart, let end = endOfLogin(line, from: index) {
                shown += mark.utf8
                index = end
            } else if byte == UInt8(ascii: "?"), index + 1 < line.count, !endsRun(line[index + 1]) {
                // The query of a URL without its beginning.
                shown += "?\(mark)".utf8
                index = endOfRun(line, from: index)
            } else if isWordByte(byte) {
                let end = line[index...].firstIndex { !isWordByte($0) } ?? line.count
                let word = line[index..<end]
                if line[end...].starts(with: "://".utf8) {
                    let urlEnd = endOfRun(line, from: index)
                    shown += url(text(line[index..<urlEnd])).utf8
                    index = urlEnd
                } else if announcesSecret(word, before: line[end...]) {
                    return text(shown[...]) + text(word) + " " + mark
                } else {
                    shown += looksRandom(word) ? Array(mark.utf8) : Array(word)
                    index = end
                }
            } else {
                shown.append(byte)
                index += 1
            }
            isRunStart = index > 0 && index <= line.count && endsRun(line[index - 1])
        }
        return text(shown[...])
    }

    // MARK: - What is a secret

    private static let schemes = ["bearer", "basic", "digest", "negotiate"]

    private static let secretParts = [
        "token", "secret", "password", "passwd", "passphrase", "signature", "credential", "authorization", "cookie",
        "apikey",
        "api_key", "api-key", "x-amz-", "x-goog-", "jwt", "session",
    ]

    private static func announcesSecret(_ word: ArraySlice<UInt8>, before rest: ArraySlice<UInt8>) -> Bool {
        let name = text(word).lowercased()
        if schemes.contains(name) { return rest.first == UInt8(ascii: " ") }
        let separator = rest.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }
        guard separator == UInt8(ascii: ":") || separator == UInt8(ascii: "=") else { return false }
        return ["sig", "key", "pass", "pwd", "auth"].contains(name) || secretParts.contains { name.contains($0) }
    }

    /// Keys and tokens are drawn from letters of both cases and digits; names of hosts, UUIDs and hex digests are not.
    private static func looksRandom(_ word: ArraySlice<UInt8>) -> Bool {
        word.count >= 32 && word.contains { (0x30...0x39).contains($0) } && word.contains { (0x41...0x5a).contains($0) }
            && word.contains { (0x61...0x7a).contains($0) }
    }

    /// `user:password@host` without a scheme.
    private static func endOfLogin(_ line: [UInt8], from start: Int) -> Int? {
        let end = endOfRun(line, from: start)
        let run = line[start..<end]
        guard let at = run.lastIndex(of: UInt8(ascii: "@")), let colon = run.firstIndex(of: UInt8(ascii: ":")),
            colon < at, !run[colon...].starts(with: "://".utf8)
        else { return nil }
        return end
    }

    // MARK: - Bytes

    private static func endsRun(_ byte: UInt8) -> Bool {
        byte <= 0x20 || "\"'<>".utf8.contains(byte)
    }

    private static func endOfRun(_ line: [UInt8], from start: Int) -> Int {
        line[start...].firstIndex(where: endsRun) ?? line.count
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    private static func percentEncoded(_ text: String) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return text.utf8.flatMap { byte -> [UInt8] in
            let isPlain = (isWordByte(byte) && byte != UInt8(ascii: "+")) || byte == UInt8(ascii: "~")
            return isPlain ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }

    private static func replacing(_ needle: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index...].starts(with: needle) {
                result += mark.utf8
                index += needle.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
