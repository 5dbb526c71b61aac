internal import DatasetModel

/// Reading contents and compressing them.
extension JobRunner {
    /// Contents from here on are looked at before time is spent on compressing them.
    private static var probedSize: Int { 64 << 10 }

    func small(_ members: Range<Int>) throws(ArchiveError) -> WriteProduct {
        try workspaces.with { workspace throws(ArchiveError) in
            var packed: [PackedMember] = []
            packed.reserveCapacity(members.count)
            var bytes: [UInt8] = []
            for index in members {
                try checkCancellation()
                let count = try fill(workspace, with: plan.members[index])
                packed.append(pack(count, workspace, plan.members[index], into: &bytes))
            }
            return .small(members, packed, bytes)
        }
    }

    /// Brings the content of a small member into the input.
    private func fill(_ workspace: Workspace, with member: NewMember) throws(ArchiveError) -> Int {
        switch member.content {
        case .file(let content):
            // The plan has judged by this size: a content that breaks its word must not break the buffer.
            guard let count = Int(exactly: content.size), count <= Workspace.pieceSize else {
                throw ArchiveError(.invalid, "The content grew while it was archived", member: member.path)
            }
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: workspace.input[..<count])
            unsafe try read(content, at: 0, into: room, of: member.path)
            return count
        case .symbolicLink(let target):
            let text = Array(target.utf8)
            guard text.count <= Workspace.pieceSize else {
                throw ArchiveError(.invalid, "The link's target is too long", member: member.path)
            }
            unsafe workspace.input.copyBytes(from: text)
            return text.count
        case .directory, .copied: return 0
        }
    }

    private func pack(
        _ count: Int,
        _ workspace: Workspace,
        _ member: NewMember,
        into bytes: inout [UInt8]
    ) -> PackedMember {
        let content = unsafe UnsafeRawBufferPointer(rebasing: workspace.input[..<count])
        let checksum = unsafe crc32(content)
        if member.kind == .file, isCompressing, count > 1, isPromising(count, workspace),
            let length = workspace.compress(count, within: Workspace.worthwhile(count))
        {
            unsafe bytes.append(contentsOf: workspace.output[..<length])
            return PackedMember(method: .deflated, crc32: checksum, compressedSize: length)
        }
        unsafe bytes.append(contentsOf: content)
        return PackedMember(method: .stored, crc32: checksum, compressedSize: count)
    }

    private func isPromising(_ count: Int, _ workspace: Workspace) -> Bool {
        guard count >= Self.probedSize else { return true }
        let middle = count / 2
        return workspace.isCompressible(0..<Self.probeSize)
            || workspace.isCompressible(middle..<(middle + Self.probeSize))
    }

    func piece(
        _ index: Int,
        _ range: ByteRange,
        isLast: Bool,
        isDeflated: Bool
    ) throws(ArchiveError) -> WriteProduct {
        let member = plan.members[index]
        guard case .file(let content) = member.content else {
            throw ArchiveError(.invalid, "The member has no content", member: member.path)
        }
        return try workspaces.with { workspace throws(ArchiveError) in
            let count = Int(range.count)
            let input = unsafe UnsafeMutableRawBufferPointer(rebasing: workspace.input[..<count])
            unsafe try read(content, at: range.offset, into: input, of: member.path)
            var bytes = UnsafeRawBufferPointer(input)
            let checksum = unsafe crc32(bytes)
            if isDeflated {
                guard let length = workspace.compressPiece(count, isLast: isLast) else {
                    throw ArchiveError(.damaged, "What was compressed could not be read again", member: member.path)
                }
                unsafe bytes = UnsafeRawBufferPointer(rebasing: workspace.output[..<length])
            }
            return .piece(
                member: index,
                crc32: checksum,
                unsafe Array(bytes),
                isFirst: range.offset == 0,
                isLast: isLast,
                isDeflated: isDeflated,
                count: range.count
            )
        }
    }
}

extension Workspace {
    /// Compresses the first `count` bytes of the input to a part of a larger stream.
    ///
    /// - Returns: Bytes of output; nil when the compressor made what no decoder reads.
    fileprivate func compressPiece(_ count: Int, isLast: Bool) -> Int? {
        guard let length = compress(count) else { return nil }
        if isLast { return length }
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: scratch[..<count])
        return unsafe OpenDeflate.open(output, count: length, scratch: room)
    }
}
