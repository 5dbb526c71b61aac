internal import DatasetModel
package import DatasetSync

extension MemberReader {
    /// What a stream is asked for at once, so that checkpoints are not further apart.
    private static let streamStep = 1 << 20
    /// `PATH_MAX` of Linux, without the closing NUL.
    private static let longestTarget: UInt64 = 4_095

    /// The whole content, its CRC-32 checked before this returns.
    ///
    /// Small members come with one request and are inflated at once; larger ones go through a stream.
    ///
    /// - Parameter buffer: Exactly as large as the content.
    /// - Throws: As ``read(_:into:until:)``; `.invalid` for a buffer of another size.
    @available(*, noasync, message: "this may wait for the network")
    package func readWhole(into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation)
        throws(ArchiveError)
    {
        try naming { () throws(ArchiveError) in
            if let defect = member.defect { throw ArchiveError(defect, of: member) }
            guard UInt64(buffer.count) == member.size else {
                throw ArchiveError(.invalid, "The member has \(member.size) bytes, the buffer \(buffer.count)")
            }
            guard unsafe !buffer.isEmpty else { return try check(0) }
            let isSmall = max(member.size, member.compressedSize) <= limits.wholeMemberSize
            switch member.method {
            case .stored: try unsafe readStored(into: buffer, until: cancellation)
            case .deflated where isSmall: try unsafe inflate(into: buffer, until: cancellation)
            default: try unsafe stream(into: buffer, until: cancellation)
            }
        }
    }

    /// The target of a symbolic link; whether it may be followed says ``ArchiveTree/confine(_:of:)``.
    ///
    /// - Throws: `.unsafeLink` for what is no target: too long, empty, with a NUL.
    @available(*, noasync, message: "this may wait for the network")
    package func linkTarget(until cancellation: Cancellation) throws(ArchiveError) -> String {
        guard 1...Self.longestTarget ~= member.size else { throw noTarget() }
        var bytes = [UInt8](repeating: 0, count: Int(member.size))
        try unsafe bytes.withMutableRawBytes { buffer throws(ArchiveError) in
            try unsafe readWhole(into: buffer, until: cancellation)
        }
        guard !bytes.contains(0), let target = String(validating: bytes, as: UTF8.self) else { throw noTarget() }
        return target
    }

    private func noTarget() -> ArchiveError {
        ArchiveError(
            .unsafeLink,
            "The member is a symbolic link without a usable target",
            member: member.name,
            remedy: "The archive itself can be read as one file."
        )
    }

    @available(*, noasync)
    private func inflate(into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation)
        throws(ArchiveError)
    {
        let packed = try data(member.compressedSize, until: cancellation)
        do throws(DecodeError) {
            try unsafe packed.withRawBytes { input throws(DecodeError) in
                try unsafe inflateWhole(input, into: buffer)
            }
        } catch {
            throw ArchiveError(error, of: member)
        }
        try unsafe check(crc32(UnsafeRawBufferPointer(buffer)))
    }

    @available(*, noasync)
    private func readStored(into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation)
        throws(ArchiveError)
    {
        // What comes along with the header is copied, the rest is read to where it belongs.
        let (start, head) = try locate(wanting: min(member.size, 1 << 20), until: cancellation)
        let known = head.prefix(buffer.count)
        unsafe buffer.copyBytes(from: known)
        if known.count < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[known.count...])
            do throws(StoreError) {
                try unsafe source.read(at: start + UInt64(known.count), into: rest, until: cancellation)
            } catch {
                throw ArchiveError(error)
            }
        }
        try unsafe check(crc32(UnsafeRawBufferPointer(buffer)))
    }

    @available(*, noasync)
    private func stream(into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation)
        throws(ArchiveError)
    {
        let stream = try newStream(until: cancellation)
        var filled = 0
        while filled < buffer.count {
            if let reason = cancellation.reason { throw ArchiveError(reason, during: "Unpacking") }
            let step = min(Self.streamStep, buffer.count - filled)
            let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + step)])
            filled += try unsafe stream.produce(into: piece, towards: member.size, until: cancellation)
        }
    }
}
