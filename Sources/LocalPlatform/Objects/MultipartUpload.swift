import Crypto

/// The rules of a multipart upload, as S3 and GCS apply them: parts in order, complete, each with the ETag and checksum
/// that its upload was answered with, none but the last smaller than 5 MiB.
struct MultipartUpload: Equatable {
    static let minimumPartSize = 5 << 20
    static let maximumParts = 10_000

    struct Part: Equatable {
        var size: Int
        var md5: [UInt8]
        var crc32c: UInt32

        /// The header as it was sent, quotes included.
        var etag: String { "\"\(Hex.string(md5))\"" }
    }

    struct Claim: Equatable {
        var number: Int
        var etag: String
        var checksum: String?
    }

    enum Refusal: Error, Equatable {
        case order
        case missingPart(Int)
        case wrongCount(expected: Int, given: Int)
        case etag(Int)
        case checksum(Int)
        case tooSmall(Int)

        var message: String {
            switch self {
            case .order: "InvalidPartOrder: parts must be listed in ascending order from 1"
            case .missingPart(let number): "InvalidPart: part \(number) has not been uploaded"
            case .wrongCount(let expected, let given): "InvalidPart: \(expected) parts were announced, \(given) listed"
            case .etag(let number): "InvalidPart: the etag of part \(number) does not match"
            case .checksum(let number): "InvalidPart: the checksum of part \(number) does not match"
            case .tooSmall(let number): "EntityTooSmall: part \(number) is below 5 MiB and not the last one"
            }
        }
    }

    /// Base64 MD5 of each part, as announced.
    var hashes: [String]
    var received: [Int: Part]

    /// The parts of the finished object, in order.
    func complete(_ claims: [Claim]) throws(Refusal) -> [Part] {
        guard claims.map(\.number) == Array(1...max(1, claims.count)).prefix(claims.count).map({ $0 }) else {
            throw .order
        }
        guard claims.count == hashes.count else { throw .wrongCount(expected: hashes.count, given: claims.count) }
        var parts: [Part] = []
        for claim in claims {
            guard let part = received[claim.number] else { throw .missingPart(claim.number) }
            guard claim.etag == part.etag else { throw .etag(claim.number) }
            let sum = Base64.string(part.md5)
            guard claim.checksum ?? sum == sum, hashes[claim.number - 1] == sum else { throw .checksum(claim.number) }
            if claim.number < claims.count, part.size < Self.minimumPartSize { throw .tooSmall(claim.number) }
            parts.append(part)
        }
        return parts
    }
}

extension ObjectRecord {
    /// The object that these parts make up.
    init(key: String, parts: [MultipartUpload.Part]) {
        let size = parts.reduce(0) { $0 + $1.size }
        var etag = Hex.string(Insecure.MD5.hash(data: parts.flatMap(\.md5))) + "-\(parts.count)"
        if parts.count == 1 { etag = Hex.string(parts[0].md5) }
        self.init(key: key, size: size, etag: etag, segments: parts.map(\.size))
        crc32c = parts.reduce(0) { CRC32C.combine($0, $1.crc32c, length: $1.size) }
        md5 = parts.count == 1 ? parts[0].md5 : nil
    }
}
