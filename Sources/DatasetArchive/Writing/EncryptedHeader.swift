/// What an encrypted member must keep of its old header, so that its password still opens it.
///
/// The old encryption of PKWARE proves the password by the time of the header where a data descriptor follows the data, by the
/// checksum else (APPNOTE 6.1.6); the one of WinZip tells its method and strength in an extra field of its own.
struct EncryptedHeader: Hashable, Sendable {
    /// `.encrypted`, and `.dataDescriptor` where it was there.
    let flags: GeneralFlags
    let modified: DOSTime
    /// Whole fields.
    let extra: [UInt8]

    private static let winZipField: UInt16 = 0x9901

    /// - Parameter extra: The fields of the local header.
    /// - Returns: Nil for a member that is not encrypted.
    init?(_ header: LocalFileHeader, _ extra: ArraySlice<UInt8>) {
        guard header.flags.contains(.encrypted) else { return nil }
        flags = header.flags.intersection([.encrypted, .dataDescriptor])
        modified = header.modified
        var kept: [UInt8] = []
        for (id, data) in ExtraFields(extra) where id == Self.winZipField {
            kept.appendLittleEndian(id)
            kept.appendLittleEndian(UInt16(data.count))
            kept += data
        }
        self.extra = kept
    }
}
