/// How a member's bytes are packed (APPNOTE 4.4.5).
package struct CompressionMethod: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let stored = CompressionMethod(rawValue: 0)
    package static let deflated = CompressionMethod(rawValue: 8)
    package static let deflate64 = CompressionMethod(rawValue: 9)
    package static let bzip2 = CompressionMethod(rawValue: 12)
    package static let lzma = CompressionMethod(rawValue: 14)
    package static let zstdDeprecated = CompressionMethod(rawValue: 20)
    package static let zstd = CompressionMethod(rawValue: 93)
    package static let xz = CompressionMethod(rawValue: 95)
    /// A marker: the true method stands in an extra field, the content is encrypted (WinZip AES).
    package static let aesEncrypted = CompressionMethod(rawValue: 99)

    /// This program can unpack it.
    package var isReadable: Bool {
        switch self {
        case .stored, .deflated, .bzip2, .lzma, .zstdDeprecated, .zstd, .xz: true
        default: false
        }
    }

    /// The name people know it by.
    package var name: String {
        switch rawValue {
        case 0: "stored"
        case 1: "shrink"
        case 2...5: "reduce"
        case 6: "implode"
        case 8: "deflate"
        case 9: "deflate64"
        case 10: "PKWARE DCL implode"
        case 12: "bzip2"
        case 14: "lzma"
        case 16: "IBM z/OS CMPSC"
        case 18: "IBM TERSE"
        case 19: "IBM LZ77"
        case 20, 93: "zstd"
        case 94: "mp3"
        case 95: "xz"
        case 96: "jpeg"
        case 97: "WavPack"
        case 98: "PPMd"
        case 99: "AES encryption"
        default: "method \(rawValue)"
        }
    }
}
