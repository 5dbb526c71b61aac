import Testing

@testable import LocalPlatform

@Suite("MultipartUpload")
struct MultipartUploadTests {
    private static let large = MultipartUpload.minimumPartSize

    private func part(_ size: Int, _ byte: UInt8) -> MultipartUpload.Part {
        MultipartUpload.Part(size: size, md5: Array(repeating: byte, count: 16), crc32c: 0)
    }

    private func upload(_ parts: [MultipartUpload.Part]) -> MultipartUpload {
        MultipartUpload(
            hashes: parts.map { Base64.string($0.md5) },
            received: Dictionary(uniqueKeysWithValues: parts.enumerated().map { ($0 + 1, $1) })
        )
    }

    private func claims(_ parts: [MultipartUpload.Part]) -> [MultipartUpload.Claim] {
        parts.enumerated().map { .init(number: $0 + 1, etag: $1.etag, checksum: Base64.string($1.md5)) }
    }

    @Test("parts in order make the object")
    func complete() throws {
        let parts = [part(Self.large, 1), part(3, 2)]

        #expect(try upload(parts).complete(claims(parts)) == parts)
        let object = ObjectRecord(key: "k", parts: parts)
        #expect(object.size == Self.large + 3)
        #expect(object.etag.hasSuffix("-2"))
        #expect(object.md5 == nil)
    }

    @Test("none but the last part may be small")
    func tooSmall() {
        let parts = [part(Self.large - 1, 1), part(3, 2)]

        #expect(throws: MultipartUpload.Refusal.tooSmall(1)) { try upload(parts).complete(claims(parts)) }
    }

    @Test("what does not fit is refused by name")
    func refusals() {
        let parts = [part(Self.large, 1), part(3, 2)]
        let good = claims(parts)
        var unquoted = good
        unquoted[1].etag = Hex.string(parts[1].md5)
        var wrongSum = good
        wrongSum[0].checksum = good[1].checksum
        var missing = upload(parts)
        missing.received[2] = nil

        #expect(throws: MultipartUpload.Refusal.order) { try upload(parts).complete(good.reversed()) }
        #expect(throws: MultipartUpload.Refusal.wrongCount(expected: 2, given: 1)) {
            try upload(parts).complete([good[0]])
        }
        #expect(throws: MultipartUpload.Refusal.wrongCount(expected: 2, given: 0)) { try upload(parts).complete([]) }
        #expect(throws: MultipartUpload.Refusal.etag(2)) { try upload(parts).complete(unquoted) }
        #expect(throws: MultipartUpload.Refusal.checksum(1)) { try upload(parts).complete(wrongSum) }
        #expect(throws: MultipartUpload.Refusal.missingPart(2)) { try missing.complete(good) }
    }
}
