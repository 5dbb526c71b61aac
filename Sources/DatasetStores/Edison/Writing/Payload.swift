internal import Crypto
internal import DatasetModel
internal import DatasetSync

extension Edison {
    /// A content that is to be stored, looked at once from its first to its last byte.
    struct Payload: Sendable {
        let content: any StagedContent
        /// What stands inline in the entry, where it may: UTF-8 under 10 MiB whose name says that it is text.
        let text: String?
        let plan: PartPlan
        /// Base64 of each part's MD5.
        let hashes: [String]
        /// The same for the same bytes only.
        let fingerprint: String

        static let textLimit: UInt64 = 10 << 20
        static let textExtensions: Set<String> = ["txt", "md", "csv", "json", "yaml", "yml"]
        private static let pieceSize: UInt64 = 1 << 20

        /// - Parameter name: As the tree shows it; nil for what is no text whatever its name.
        /// - Throws: What reading the content ended with.
        init(_ content: any StagedContent, named name: String?, until cancellation: Cancellation) throws(StoreError) {
            self.content = content
            plan = PartPlan(size: content.size)
            var hashes: [String] = []
            for index in 0..<plan.count {
                var hash = Insecure.MD5()
                let range = plan.range(of: index)
                for start in stride(from: range.lowerBound, to: range.upperBound, by: Int(Self.pieceSize)) {
                    try cancellation.check(during: "reading what is to be uploaded")
                    hash.update(data: try content.bytes(in: start..<min(start + Self.pieceSize, range.upperBound)))
                }
                hashes.append(Base64.text(hash.finalize()))
            }
            self.hashes = hashes
            let digest = SHA256.hash(data: Array("\(content.size):\(hashes.joined(separator: ","))".utf8))
            fingerprint = Hexadecimal.text(digest)
            text = try Self.text(content, named: name)
        }

        /// The content as a text, nil for what is stored as a file.
        static func text(_ content: any StagedContent, named name: String?) throws(StoreError) -> String? {
            guard content.size < textLimit, let name, isText(name) else { return nil }
            // A NUL may stand in JSON, but in no text column of a database.
            return String(validating: try content.bytes(), as: UTF8.self).flatMap { $0.utf8.contains(0) ? nil : $0 }
        }

        private static func isText(_ name: String) -> Bool {
            guard let dot = name.lastIndex(of: ".") else { return false }
            return textExtensions.contains(name[name.index(after: dot)...].lowercased())
        }
    }
}

extension Edison {
    /// The content of a file that comes without one.
    struct NoContent: StagedContent {
        var size: UInt64 { 0 }

        func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {}
    }
}

extension StagedContent {
    /// All of it; for small contents.
    func bytes() throws(StoreError) -> [UInt8] { try bytes(in: 0..<size) }

    func bytes(in range: Range<UInt64>) throws(StoreError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(range.upperBound - range.lowerBound))
        if bytes.isEmpty { return bytes }
        var failure: StoreError?
        unsafe bytes.withUnsafeMutableBytes { buffer in
            do throws(StoreError) {
                try unsafe read(at: range.lowerBound, into: buffer)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
