import Hummingbird
import Testing

@testable import LocalPlatform

@Suite("Checksums and patterns")
struct ChecksumTests {
    private func crc(_ bytes: [UInt8]) -> UInt32 {
        var sum = CRC32C()
        unsafe bytes.withUnsafeBytes { unsafe sum.update($0) }
        return sum.value
    }

    @Test("CRC32C of the test vectors of RFC 3720")
    func vectors() {
        #expect(crc(Array(repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(crc(Array(repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(crc(Array(0..<32)) == 0x46DD_794E)
        #expect(crc(Array("123456789".utf8)) == 0xE306_9283)
    }

    @Test("the checksum of two pieces is that of the whole", arguments: [0, 1, 7, 8, 100, 255, 256])
    func combine(split: Int) {
        let bytes = (0..<256).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let first = Array(bytes[..<split])
        let second = Array(bytes[split...])

        #expect(CRC32C.combine(crc(first), crc(second), length: second.count) == crc(bytes))
    }

    @Test("a pattern reads the same at any offset", arguments: ["zeros", "counter", "random:42"])
    func pattern(text: String) throws {
        let pattern = try #require(ContentPattern(text))
        let content = ObjectContent(source: .pattern(pattern), size: 1000, etag: "", hashes: nil)
        let whole = try content.read(0..<1000)

        for range in [0..<1, 3..<21, 8..<16, 995..<1000, 500..<500] {
            let part = try content.read(range)
            #expect(Array(part.readableBytesView) == Array(whole.readableBytesView[range]))
        }
        #expect(ContentPattern(pattern.text) == pattern)
    }

    @Test("the counter holds its own place")
    func counter() throws {
        let content = ObjectContent(source: .pattern(.counter), size: 1 << 40, etag: "", hashes: nil)
        var buffer = try content.read((1 << 39)..<((1 << 39) + 8))

        #expect(buffer.readInteger(endianness: .little, as: UInt64.self) == 1 << 36)
    }
}
