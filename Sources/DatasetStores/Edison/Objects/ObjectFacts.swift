internal import Crypto
internal import DatasetHTTP
internal import DatasetModel

extension Edison {
    /// What the object store said of an object along with its bytes.
    struct ObjectFacts: Sendable, Equatable {
        var total: UInt64
        var digests = Digests()
        /// The ETag is the MD5 of the bytes, by the word of a store that makes it so.
        var trustsETag = false
        var contentType: String?

        /// - Parameter total: Length of the whole object.
        init(total: UInt64, head: HTTPResponseHead) {
            self.total = total
            digests.etag = head.header("etag")
            contentType = head.header("content-type")
            readGoogleHashes(head)
            let encryption = head.header("x-amz-server-side-encryption")
            // S3: the MD5, unless the object came in parts (there is a dash then) or is encrypted with a key of KMS.
            trustsETag = head.header("x-amz-request-id") != nil && (encryption == nil || encryption == "AES256")
        }

        /// GCS: `x-goog-hash: crc32c=…,md5=…`, of the bytes as stored; also split over several fields.
        private mutating func readGoogleHashes(_ head: HTTPResponseHead) {
            if let stored = head.header("x-goog-stored-content-encoding"), stored.lowercased() != "identity",
                head.header("content-encoding") == nil
            {
                return
            }
            for field in head.headers where field.name.lowercased() == "x-goog-hash" {
                for part in field.value.split(separator: ",") {
                    let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                    guard pair.count == 2, let bytes = Base64.decode(pair[1]) else { continue }
                    switch pair[0] {
                    case "md5" where bytes.count == 16: digests.md5 = Hexadecimal.text(bytes)
                    case "crc32c" where bytes.count == 4: digests.crc32c = Hexadecimal.text(bytes)
                    default: continue
                    }
                }
            }
        }

        /// The same object, as far as both tell.
        func agrees(with other: ObjectFacts) -> Bool {
            if total != other.total { return false }
            guard let mine = digests.etag, let theirs = other.digests.etag else { return true }
            return mine == theirs
        }

        /// What is wrong with these bytes as the whole object, nil when nothing is.
        func objection(to bytes: [UInt8]) -> String? {
            guard UInt64(bytes.count) == total else { return "\(bytes.count) bytes came instead of \(total)" }
            if let declared = digests.crc32c, declared != CRC32C.hexadecimal(CRC32C.of(bytes)) {
                return "its CRC-32C is not the declared one"
            }
            if let declared = digests.md5 ?? etagMD5, declared != Hexadecimal.text(Insecure.MD5.hash(data: bytes)) {
                return "its MD5 is not the declared one"
            }
            return nil
        }

        private var etagMD5: String? {
            guard trustsETag, let etag = digests.etag, etag.utf8.count == 34, etag.first == "\"", etag.last == "\""
            else {
                return nil
            }
            let digest = etag.dropFirst().dropLast()
            return digest.utf8.allSatisfy { hexValue($0) != nil } ? digest.lowercased() : nil
        }
    }
}
