import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetStores

@Suite("Edison's values") struct EdisonValueTests {
    @Test("moments are read in every form of RFC 3339 and written back")
    func moments() {
        let expected = Timestamp(nanoseconds: 1_767_323_045_123_456_000)
        for text in [
            "2026-01-02T03:04:05.123456Z", "2026-01-02T03:04:05.123456+00:00", "2026-01-02 03:04:05.123456",
            "2026-01-02T05:04:05.123456+02:00", "2026-01-01T22:34:05.1234560009-0430", "2026-01-02t03:04:05,123456z",
        ] {
            #expect(Edison.Moment.parse(text) == expected, "\(text)")
        }
        #expect(Edison.Moment.text(expected) == "2026-01-02T03:04:05.123456+00:00")
        for text in [
            "", "now", "2026-13-01T00:00:00Z", "2026-01-02", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05+",
            "9999999-01-01T00:00:00Z", "2026-01-02T03:04:05Zx",
        ] {
            #expect(Edison.Moment.parse(text) == nil, "\(text)")
        }
        #expect(Edison.Moment.parse("9999-12-31T23:59:59Z") == nil)
        withSeed { random in
            for _ in 0..<500 {
                let stamp = Timestamp(
                    nanoseconds: Int64.random(in: -2_000_000_000...9_000_000_000, using: &random) * 1_000_000_000
                )
                #expect(Edison.Moment.parse(Edison.Moment.text(stamp)) == stamp)
            }
        }
    }

    @Test("JSON is read as RFC 8259 has it, and nothing else is")
    func json() throws {
        let text = #"{"a":[1,-2.5e3,true,false,null,"x\"\\\/\b\f\n\r\té😀"],"b":{},"c":[]}"#
        let value = try Edison.JSON.parse(Array(text.utf8))
        #expect(value["a"]?.asArray?.count == 6)
        #expect(value["a"]?.asArray?.last?.asString == "x\"\\/\u{8}\u{c}\n\r\té😀")
        #expect(try Edison.JSON.parse(value.bytes) == value)
        #expect(try Edison.JSON.parse(value.document) == value)
        #expect(try Edison.JSON.parse(Array(#""\ud800x""#.utf8)).asString == "\u{FFFD}x")
        #expect(try Edison.JSON.parse(Array("12345678901234567890".utf8)).text == "12345678901234567890")
        for bad in [
            "", "{", "[1,]", "{\"a\"}", "01", "1.", "-", "+1", "tru", "nul", "\"a", "\"\n\"", "[1] 2", "{a:1}",
            "'a'", "NaN", "1e", "\"\\x\"", "\"\\u12g4\"", String(repeating: "[", count: 200),
        ] {
            #expect(throws: Edison.Malformed.self, "\(bad)") { try Edison.JSON.parse(Array(bad.utf8)) }
        }
        #expect(throws: Edison.Malformed.self) { try Edison.JSON.parse([0x22, 0xFF, 0x22]) }
    }

    @Test("random damage never makes the JSON reader fail in any way but its own")
    func jsonMutations() {
        let text = #"{"a":[1,-2.5e3,true,{"b":"x\"\\é😀","c":null}],"d":"\uD83D\ude00"}"#
        withSeed { random in
            for _ in 0..<5000 {
                let bytes = Mutation.mutate(Array(text.utf8), using: &random)
                guard let value = try? Edison.JSON.parse(bytes) else { continue }
                #expect((try? Edison.JSON.parse(value.bytes)) == value)
            }
        }
    }

    @Test("addresses are taken strictly and survive the way to a location and back")
    func addresses() throws {
        for address in [
            Edison.Address.root, .dataset("d-1"), .entry("0f8fad5b-d9cb-469f-a165-70867728950e"),
            .object(entry: "e", place: "l1"), .object(entry: "e", place: "@12"),
        ] {
            #expect(try Edison.Address(address.location) == address)
        }
        for text in [
            "/", "dataset", "dataset/", "entry/a/b/c", "entry/../x", "entry/a?b", "dataset/a/b", "entry/a/@", "x/y",
            "entry/a/@x", "entry/a%2Fb", "entry//", "entry/.",
        ] {
            #expect(code { _ = try Edison.Address(Location(text)) } == .notFound, "\(text)")
        }
    }

    @Test("file names get the extension of the file path where they have none")
    func fileNames() {
        func name(_ name: String, _ path: String?, collection: Bool = false, _ shape: Edison.Shape = .object) -> String
        {
            var record = Edison.EntryRecord(id: "e", name: name)
            record.filePath = path
            record.isCollection = collection
            return Edison.FileName.of(record, shape)
        }
        #expect(name("training_dataset", "/tmp/data.csv") == "training_dataset.csv")
        #expect(name("training_dataset", "C:\\data\\a.CSV", .text) == "training_dataset.CSV")
        #expect(name("a.txt", "b.csv") == "a.txt")
        #expect(name("reads", "x/reads.fastq.gz") == "reads.fastq.gz")
        #expect(name("reads", "x/archive.tar.gz") == "reads.tar.gz")
        #expect(name("reads", "x/v1.2.gz") == "reads.gz")
        #expect(name("a", "dir.d/file") == "a")
        #expect(name("a", "/x/.hidden") == "a")
        #expect(name("a. b", "x.csv") == "a. b.csv")
        #expect(name("dir", "x.csv", .directory) == "dir")
        #expect(name("v1.0", "v1.0.zip", collection: true) == "v1.0.zip")
        #expect(name("set", nil, collection: true) == "set.zip")
        #expect(name("set.ZIP", nil, collection: true) == "set.ZIP")
        #expect(name("t", nil, .reference(suffix: "bigquery")) == "t.bigquery.json")
        #expect(name("../e\u{0}vil/", nil) == "../e\u{0}vil/")
    }

    @Test("objects of one entry get names that are apart")
    func objectNames() {
        let places = ["a/x.csv", "b/x.csv", "c/y.csv", "c/y.csv", ""]
        let answer = Edison.EntryAnswer(
            entry: Edison.EntryRecord(id: "e", name: "n"),
            locations: places.enumerated().map { index, place in
                Edison.LocationRecord(id: "l\(index)", storageType: "gcs", place: place)
            }
        )
        #expect(Edison.FileName.ofObjects(answer) == ["a/x.csv", "b/x.csv", "c/y.csv", "c/y.csv", "l4"])
    }

    @Test("a signed URL's lifetime is read from its own parameters, else assumed")
    func lifetimes() throws {
        let base = try Edison.BaseURL("https://edison.test")
        let wall = 1_767_323_045
        func lifetime(_ query: String) -> Int? { Edison.SignedURL.lifetime("https://h/o?\(query)", wall: wall) }
        #expect(lifetime("X-Goog-Date=20260102T030405Z&X-Goog-Expires=900") == 900)
        #expect(lifetime("X-Goog-Date=20260102T030305Z&X-Goog-Expires=900") == 840)
        #expect(lifetime("X-Amz-Expires=60&x=1") == 60)
        #expect(lifetime("X-Goog-Date=20360102T030305Z&X-Goog-Expires=900") == 900)
        #expect(lifetime("GoogleAccessId=a&Expires=\(wall + 77)&Signature=b") == 77)
        #expect(lifetime("Expires=1") == nil)
        #expect(lifetime("X-Goog-Expires=-5") == nil)
        let now = MonotonicTime(nanoseconds: 1_000_000_000_000)
        let url = try #require(Edison.SignedURL("https://h/o", base: base, now: now, wall: wall))
        #expect(url.refreshAt - now == .seconds(270))
        #expect(Edison.SignedURL("http://h/o", base: base, now: now, wall: wall) == nil)
        #expect(Edison.SignedURL("file:///etc/passwd", base: base, now: now, wall: wall) == nil)
        #expect(Edison.SignedURL("https://h/a b", base: base, now: now, wall: wall) == nil)
        #expect(Edison.SignedURL("/o?x=1", base: base, now: now, wall: wall)?.url.value == "https://edison.test/o?x=1")
    }

    @Test("content ranges are read strictly")
    func contentRanges() {
        #expect(Edison.ContentRange("bytes 5-9/100")?.total == 100)
        #expect(Edison.ContentRange("bytes 5-9/*")?.total == nil)
        for bad in [
            "bytes 5-9", "bytes 9-5/100", "bytes 5-100/100", "items 0-1/2", "bytes -1-5/9", "bytes */9", "",
            "bytes 0-1/2/3", "bytes 0-99999999999999999999/5", "bytes a-b/c",
        ] {
            #expect(Edison.ContentRange(bad) == nil, "\(bad)")
        }
        #expect(Edison.ContentRange.unsatisfied("bytes */0") == 0)
        #expect(Edison.ContentRange.unsatisfied("bytes 0-1/2") == nil)
    }

    @Test("secrets are taken out of metadata at any depth, and out of URLs")
    func secrets() throws {
        let text = #"""
            {"instructions":"use it","api_key":"S1","auth":{"access_token":"S2","ok":1},"list":[{"PassWord":"S3"}],
             "url":"https://u:S4@host/p?X-Goog-Signature=S5","signed_url":"https://S6","client-secret":"S7","plain":"https://h/?q=1"}
            """#
        let removed = Edison.Secrets.removed(try Edison.JSON.parse(Array(text.utf8))).text
        for number in 1...7 { #expect(!removed.contains("S\(number)"), "S\(number) in \(removed)") }
        #expect(removed.contains("use it"))
        #expect(removed.contains("https://h/?q=1"))
    }

    @Test("error details become one clean line, without inputs and signatures")
    func details() {
        #expect(Edison.Detail(Array(#"{"detail":"Dataset not found"}"#.utf8)).text == "Dataset not found")
        let list = #"{"detail":[{"loc":["body","name",3],"msg":"too\nshort","input":"SECRET"},{"msg":"b"}]}"#
        #expect(Edison.Detail(Array(list.utf8)).text == "body.name.3: too short; b")
        #expect(Edison.Detail(Array("<html>".utf8)).text == nil)
        #expect(
            Edison.Detail(Array(#"{"detail":"see https://h/o?sig=SECRET now"}"#.utf8)).text == "see https://h/o?… now"
        )
        #expect(Edison.Detail(Array(#"{"detail":"\#(String(repeating: "a", count: 999))"}"#.utf8)).text?.count == 301)
    }

    @Test("statuses become what they mean on this platform")
    func statuses() {
        func code(_ status: Int, _ body: String = #"{"detail":"Data storage entry not found"}"#) -> StoreError.Code {
            StoreError(
                edison: HTTPResponseHead(status: status, headers: []),
                body: Array(body.utf8),
                answering: "GET entry x"
            ).code
        }
        #expect(code(404) == .notFound)
        #expect(code(404, #"{"detail":"Not Found"}"#) == .unsupported)
        #expect(code(404, "<html>nginx</html>") == .unsupported)
        #expect(code(401) == .unauthenticated)
        #expect(code(403) == .forbidden)
        #expect(code(409) == .conflict)
        #expect(code(413) == .tooLarge)
        #expect(code(422) == .invalid)
        #expect(code(429) == .throttled)
        #expect(code(500) == .serverFailure)
        #expect(code(507) == .quotaExceeded)
        #expect(code(302) == .corrupt)
    }

    @Test("the address of a platform is a plain URL and nothing more")
    func baseURLs() throws {
        #expect(try Edison.BaseURL("HTTPS://Host.Example:8443/api//").text == "https://host.example:8443/api")
        for bad in ["", "host", "ftp://h", "https://", "https://u:p@h", "https://h?x", "https://h/#a", "https://h o"] {
            #expect(DatasetStoresTests.code { _ = try Edison.BaseURL(bad) } == .invalid, "\(bad)")
        }
    }

    @Test("CRC-32C is the one of RFC 3720")
    func checksum() {
        #expect(Edison.CRC32C.of(Array("123456789".utf8)) == 0xE306_9283)
        #expect(Edison.CRC32C.of([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(Edison.CRC32C.hexadecimal(0xE306_9283) == "e3069283")
    }

    @Test("versions survive the way through text")
    func versions() {
        for text in ["r:abc", "t:00", "m:5.0.1/e:ff", "r:abc/e:1234/s:77"] {
            #expect(Edison.EntryVersion(Version(text))?.version.rawValue == text)
        }
        for text in ["", "abc", "x:1", "r:a/q:1"] { #expect(Edison.EntryVersion(Version(text)) == nil) }
    }

    @Test("what is used least is forgotten first")
    func recent() {
        var recent = Edison.Recent<Int, Int>(capacity: 8)
        for number in 0..<8 { recent.set(number, for: number) }
        _ = recent.value(0)
        recent.set(8, for: 8)
        #expect(recent.peek(0) == 0)
        #expect(recent.peek(1) == nil)
        #expect(recent.cost <= 8)
        recent.set(99, for: 99, cost: 100)
        #expect(recent.count == 1)
    }
}
