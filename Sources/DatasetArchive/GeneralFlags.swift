/// The general purpose bits of a member (APPNOTE 4.4.4), as far as they change how it is read.
package struct GeneralFlags: OptionSet, Hashable, Sendable {
    package var rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let encrypted = GeneralFlags(rawValue: 1 << 0)
    /// An lzma stream that ends with a marker of its own.
    package static let lzmaEndMarker = GeneralFlags(rawValue: 1 << 1)
    /// CRC and sizes follow the data; the local header has zeros.
    package static let dataDescriptor = GeneralFlags(rawValue: 1 << 3)
    package static let strongEncryption = GeneralFlags(rawValue: 1 << 6)
    /// Name and comment are UTF-8.
    package static let utf8 = GeneralFlags(rawValue: 1 << 11)
    /// Local header values are masked: the central directory is encrypted.
    package static let maskedHeaders = GeneralFlags(rawValue: 1 << 13)

    /// Any of the ways to hide the content.
    package var isEncrypted: Bool { !isDisjoint(with: [.encrypted, .strongEncryption, .maskedHeaders]) }
}
