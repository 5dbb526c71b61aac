import Crypto
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Foundation
import Testing

@testable import DatasetStores

@Suite("What Edison.Store works out before it uploads") struct EdisonUploadValueTests {
    @Test(
        "divides contents as the platform's own client does",
        arguments: [
            (0, 1, 0), (1, 1, 1), (10 << 20, 1, 10 << 20), (10 << 20 | 1, 2, 5 << 20 | 1), (12 << 20, 2, 6 << 20),
            (1 << 30, 21, 51_130_564), (10 << 30, 103, 104_246_780), (1 << 40, 10_000, 109_951_163),
            (100 << 40, 10_000, 10_995_116_278),
        ] as [(UInt64, Int, UInt64)]
    )
    func plans(size: UInt64, count: Int, partSize: UInt64) {
        let plan = Edison.PartPlan(size: size)
        #expect(plan.count == count)
        #expect(plan.partSize == partSize)
        #expect(plan.range(of: 0).lowerBound == 0)
        #expect(plan.range(of: count - 1).upperBound == size)
        #expect(plan.range(of: count - 1).isEmpty == (size == 0))
        for index in 1..<max(min(count, 100), 1) {
            #expect(plan.range(of: index).lowerBound == plan.range(of: index - 1).upperBound)
        }
    }

    @Test("writes Base64 as everybody does", arguments: 0...20)
    func base64(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 77 &+ 200) }
        #expect(Edison.Base64.text(bytes) == Data(bytes).base64EncodedString())
    }

    @Test("makes ids of version 4, no two alike")
    func identifiers() {
        let ids = (0..<100).map { _ in Edison.Identifier.make() }
        #expect(Set(ids).count == 100)
        #expect(ids.allSatisfy { UUID(uuidString: $0)?.uuidString.lowercased() == $0 && Array($0)[14] == "4" })
    }

    @Test("reads back every note that it writes, and takes nothing else for one")
    func notes() {
        var note = Edison.UploadNote(marker: "mark", began: 1_790_000_000_123_456_789)
        #expect(Edison.UploadNote(note.text) == note)
        note.place = Edison.Place(dataset: "d", parent: "p")
        note.name = "a \"name\"\n"
        note.isSent = true
        note.entry = "e"
        note.fingerprint = "f"
        note.isFile = true
        note.target = "t"
        note.revision = "r"
        note.uploadURL = "https://u/?s=1"
        note.session = "https://s/"
        note.multipart = Edison.UploadNote.Multipart(id: "u", urls: ["https://1", "https://2"], etags: ["", "\"x\""])
        #expect(Edison.UploadNote(note.text) == note)
        for text in ["", "{}", "null", "[1]", #"{"v":2,"marker":"m","began":1}"#, #"{"temporary":{"parent":"x"}}"#] {
            #expect(Edison.UploadNote(text) == nil, "\(text)")
        }
    }

    @Test("knows the same bytes again, whoever reads them")
    func fingerprints() throws {
        func payload(_ content: ReferenceContent) throws -> Edison.Payload {
            try Edison.Payload(content, named: "a.txt", until: Cancellation())
        }
        let content = ReferenceContent.pattern(seed: 1, size: 3_000_000)
        let first = try payload(content)
        #expect(try payload(.bytes(content.allBytes)).fingerprint == first.fingerprint)
        #expect(try payload(.pattern(seed: 2, size: 3_000_000)).fingerprint != first.fingerprint)
        #expect(try payload(.bytes([])).fingerprint != payload(.bytes([0])).fingerprint)
        #expect(first.hashes == [Data(Insecure.MD5.hash(data: content.allBytes)).base64EncodedString()])
        #expect(try payload(.bytes([])).hashes == ["1B2M2Y8AsgTpgAmY7PhCfg=="])
    }

    @Test(
        "takes for text what is text by name, size and bytes",
        arguments: [
            ("a.txt", Array("a".utf8), true), ("a.tar.JSON", Array("a".utf8), true), (".md", Array("a".utf8), true),
            ("txt", Array("a".utf8), false), ("a.txt~", Array("a".utf8), false), ("a.txt", [0xC3], false),
            ("a.txt", [0xED, 0xA0, 0x80], false), ("a.txt", [0], false),
        ] as [(String, [UInt8], Bool)]
    )
    func texts(name: String, bytes: [UInt8], isText: Bool) throws {
        let payload = try Edison.Payload(ReferenceContent.bytes(bytes), named: name, until: Cancellation())
        #expect((payload.text != nil) == isText)
        if let text = payload.text { #expect(Array(text.utf8) == bytes) }
    }

    @Test("takes for text what is shorter than 10 MiB", arguments: [(10 << 20) - 1, 10 << 20])
    func longTexts(size: Int) throws {
        let content = ReferenceContent.bytes([UInt8](repeating: 0x20, count: size))
        let payload = try Edison.Payload(content, named: "a.csv", until: Cancellation())
        #expect((payload.text != nil) == (size < 10 << 20))
    }
}
