/// URLs that may stand in a file which is handed on.
enum PublicURL {
    /// The URL when it is one of http or https that holds no place for a secret; nil for all others.
    ///
    /// A signed URL carries its signature in the query, some platforms their tokens in the fragment, and a password stands
    /// before the host: a URL with any of these is left out whole, for cut short it would be another URL.
    static func checked(_ text: String?) -> String? {
        guard let text else { return nil }
        let bytes = Array(text.utf8)
        let scheme = bytes.prefix(8).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let length = scheme.starts(with: "https://".utf8) ? 8 : scheme.starts(with: "http://".utf8) ? 7 : 0
        let rest = bytes.dropFirst(length)
        let host = rest.prefix { $0 != UInt8(ascii: "/") }
        guard length > 0, !host.isEmpty, !host.contains(UInt8(ascii: "@")) else { return nil }
        // RFC 3986, without "?" and "#".
        let isSound = rest.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-._~:/[]@!$&'()*+,;=%".utf8.contains(byte)
            }
        }
        return isSound ? text : nil
    }

    /// A path as a URI reference relative to the directory (RFC 3986, section 4.2): everything escaped that is not plain.
    static func reference(to path: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(path.utf8.count * 2)
        for byte in Array(path.utf8) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(hexadecimal(byte >> 4))
                bytes.append(hexadecimal(byte & 0xF))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10
    }
}
