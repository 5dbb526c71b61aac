extension StoreAddress {
    /// - Parameter rest: What follows `edison+http:`.
    static func endpoint(_ scheme: String, _ rest: String) throws(StoreAddressError) -> StoreAddress {
        guard !rest.utf8.contains(UInt8(ascii: "@")) else { throw .credentialsInURL }
        guard !rest.utf8.contains(UInt8(ascii: "?")) else { throw .queryInURL }
        guard rest.hasPrefix("//") else { throw .invalidEndpoint }
        let parts = rest.dropFirst(2).split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let address = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let path = address.count > 1 ? try basePath(address[1]) : ""
        var dataset: String?
        if parts.count > 1 {
            guard isName(String(parts[1])) else { throw .invalidDataset }
            dataset = String(parts[1])
        }
        return .edison(endpoint: "\(scheme)://\(try authority(address[0]))\(path)", dataset: dataset)
    }

    /// Host and port (RFC 3986, 3.2.2): a name, an IPv4 address, or an IPv6 address in brackets.
    private static func authority(_ text: Substring) throws(StoreAddressError) -> String {
        let end =
            text.hasPrefix("[") ? text.firstIndex(of: "]").map { text.index(after: $0) } : text.firstIndex(of: ":")
        let host = text[..<(end ?? text.endIndex)]
        let port = text[(end ?? text.endIndex)...]
        let isIPv6 = host.hasPrefix("[") && host.hasSuffix("]")
        let name = isIPv6 ? host.dropFirst().dropLast() : host
        let isHost = name.utf8.allSatisfy { byte in
            isLetterOrDigit(byte) || (isIPv6 ? ":." : "-._").utf8.contains(byte)
        }
        guard !name.isEmpty, isHost else { throw .invalidEndpoint }
        guard !port.isEmpty else { return host.lowercased() }
        let digits = port.dropFirst()
        guard port.hasPrefix(":"), digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = UInt16(digits), number > 0
        else { throw .invalidEndpoint }
        return "\(host.lowercased()):\(number)"
    }

    private static func basePath(_ text: Substring) throws(StoreAddressError) -> String {
        let parts = text.split(separator: "/")
        let isClean = parts.allSatisfy { part in
            part != "." && part != ".."
                && part.utf8.allSatisfy { isLetterOrDigit($0) || "-._~%!$&'()*+,;=:".utf8.contains($0) }
        }
        guard isClean else { throw .invalidEndpoint }
        return parts.map { "/\($0)" }.joined()
    }

    /// - Parameter rest: What follows `file:`.
    static func directory(_ rest: String, from workingDirectory: String) throws(StoreAddressError) -> String {
        let bytes = Array(rest.utf8)
        guard !bytes.isEmpty else { throw .missingDirectory }
        guard bytes.starts(with: "//".utf8) else {
            guard bytes != Array("~".utf8), !bytes.starts(with: "~/".utf8) else { throw .tilde }
            let isAbsolute = bytes[0] == UInt8(ascii: "/")
            return tidied(isAbsolute ? bytes : Array("\(workingDirectory)/".utf8) + bytes)
        }
        let afterHost = bytes.dropFirst(2).firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
        let host = String(decoding: bytes[2..<afterHost], as: UTF8.self)
        guard host.isEmpty || host.lowercased() == "localhost" else { throw .remoteFile }
        guard afterHost < bytes.endIndex else { throw .missingDirectory }
        return tidied(try decoded(bytes[afterHost...]))
    }

    /// Without doubled slashes, `.` parts and a slash at the end; `..` stays, since what is above a link is not lexical.
    private static func tidied(_ path: [UInt8]) -> String {
        let parts = path.split(separator: UInt8(ascii: "/")).filter { Array($0) != [UInt8(ascii: ".")] }
        return parts.isEmpty ? "/" : parts.map { "/" + String(decoding: $0, as: UTF8.self) }.joined()
    }

    private static func decoded(_ text: ArraySlice<UInt8>) throws(StoreAddressError) -> [UInt8] {
        var path: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                path.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, digits.utf8.allSatisfy({ isLetterOrDigit($0) }),
                let value = UInt8(digits, radix: 16), value != 0
            else { throw .invalidEscape }
            path.append(value)
            rest = rest.dropFirst(2)
        }
        guard String(validating: path, as: UTF8.self) != nil else { throw .invalidEscape }
        return path
    }
}
