package import DatasetModel
package import DatasetSync

extension MemberReader {
    /// What a local header may have more than the directory told: Info-ZIP's times and owners, alignment, zip64.
    private static let extraAllowance: UInt64 = 128

    /// Where the member's data lie, packed as they are; reads and checks the local header the first time.
    ///
    /// - Throws: `.damaged`, `.encrypted`, `.unsupportedMethod`, `.limitExceeded`; `.source` and `.interrupted`.
    @available(*, noasync, message: "this may wait for the network")
    package func dataRange(until cancellation: Cancellation) throws(ArchiveError) -> ByteRange {
        try naming { () throws(ArchiveError) in
            let start = try locate(wanting: 0, until: cancellation).start
            return ByteRange(offset: start, count: member.compressedSize)
        }
    }

    /// Where in the archive the content itself lies: byte `n` of the member is byte `n` of the range. Nil unless stored.
    ///
    /// - Throws: As ``dataRange(until:)``.
    @available(*, noasync, message: "this may wait for the network")
    package func storedRange(until cancellation: Cancellation) throws(ArchiveError) -> ByteRange? {
        member.method == .stored ? try dataRange(until: cancellation) : nil
    }

    /// Where the data begin, and as many of their first bytes as came along; one request for both.
    ///
    /// - Parameter wanted: How many bytes of data the caller needs next.
    @available(*, noasync)
    func locate(wanting wanted: UInt64, until cancellation: Cancellation)
        throws(ArchiveError) -> (start: UInt64, head: ArraySlice<UInt8>)
    {
        if let defect = member.defect { throw ArchiveError(defect, of: member) }
        if let start = knownDataStart { return (start, []) }
        let fixed = UInt64(LocalFileHeader.fixedLength)
        let least = fixed + UInt64(member.nameLength)
        // The next member's header bounds what can be of use; a header must fit before it.
        let room = member.dataLimit - min(member.headerOffset, member.dataLimit)
        let guess = least + Self.extraAllowance + min(wanted, member.compressedSize)
        let range = ByteRange(offset: member.headerOffset, count: min(guess, room))
        let bytes = try source.bytes(range, until: cancellation)
        guard let header = LocalFileHeader(bytes) else { throw damagedHeader("is not where the directory says") }
        if header.flags.isEncrypted { throw ArchiveError(.encrypted, of: member) }
        guard header.method == member.method else {
            throw damagedHeader("says \(header.method.name), the directory \(member.method.name)")
        }
        let length = fixed + UInt64(header.nameLength) + UInt64(header.extraLength)
        guard length <= room, member.compressedSize <= room - length else {
            throw damagedHeader("reaches into the next member")
        }
        let start = member.headerOffset + length
        knownDataStart = start
        return (start, bytes.dropFirst(Int(length)))
    }

    /// The first `count` bytes of the data.
    @available(*, noasync)
    func data(_ count: UInt64, until cancellation: Cancellation) throws(ArchiveError) -> ArraySlice<UInt8> {
        let (start, head) = try locate(wanting: count, until: cancellation)
        let found = head.prefix(Int(clamping: count))
        guard UInt64(found.count) < count else { return found }
        let missing = ByteRange(offset: start + UInt64(found.count), count: count - UInt64(found.count))
        let rest = try source.bytes(missing, until: cancellation)
        return found.isEmpty ? rest[...] : found + rest
    }

    private func damagedHeader(_ what: String) -> ArchiveError {
        ArchiveError(.damaged("its header \(what)"), of: member)
    }
}
