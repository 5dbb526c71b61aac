import DatasetManifest
import DatasetModel
import DatasetTestSupport
import Testing

@Suite("ManifestView")
struct ManifestViewTests {
    static let digest = String(repeating: "ab", count: 32)

    private func text(_ view: ManifestView, _ facts: DirectoryFacts) -> String {
        String(decoding: view.bytes(of: facts), as: UTF8.self)
    }

    private func file(_ path: String..., digest: String? = nil) -> EntryFacts {
        var facts = EntryFacts(path: path, kind: .file)
        facts.digests.sha256 = digest
        return facts
    }

    private var facts: DirectoryFacts {
        var readings = file("raw", "day 1.csv", digest: Self.digest)
        readings.size = 12
        readings.description = "Readings of \"Monday\""
        readings.mediaType = "text/csv"
        readings.tags = ["raw"]
        readings.modified = Timestamp(seconds: 1_700_000_000)
        readings.id = "e-1"
        readings.pageURL = "https://platform.example/entries/e-1"
        var directory = EntryFacts(path: ["raw"], kind: .directory)
        directory.description = "As the instrument wrote it"
        var link = EntryFacts(path: ["paper"], kind: .link(target: "https://doi.org/10.1000/182"))
        link.description = "The paper"
        var facts = DirectoryFacts(name: "Samples", entries: [readings, link, directory, file("README.md")])
        facts.description = "One measurement a day"
        facts.tags = ["air", "water"]
        facts.owner = "Ada"
        facts.license = "https://creativecommons.org/licenses/by/4.0/"
        facts.pageURL = "https://platform.example/datasets/d-1"
        facts.id = "d-1"
        facts.created = Timestamp(seconds: 1_600_000_000)
        return facts
    }

    @Test("The same facts in any order give the same bytes")
    func stable() {
        withSeed { generator in
            for view in ManifestView.allCases {
                var shuffled = facts
                shuffled.entries.shuffle(using: &generator)
                #expect(view.bytes(of: shuffled) == view.bytes(of: facts))
            }
        }
    }

    @Test("An RO-Crate names the directory, each part, the author, the license and what is linked")
    func crate() {
        let crate = text(.roCrate, facts)

        #expect(crate.hasPrefix("{\n  \"@context\": [\n    \"https://w3id.org/ro/crate/1.1/context\","))
        #expect(crate.contains(#""@id": "raw/day%201.csv""#))
        #expect(crate.contains(#""description": "Readings of \"Monday\"""#))
        #expect(crate.contains(#""contentSize": "12""#))
        #expect(crate.contains(#""dateModified": "2023-11-14T22:13:20Z""#))
        #expect(crate.contains(#""datePublished": "2020-09-13T12:26:40Z""#))
        #expect(crate.contains(#""@type": "WebPage""#))
        #expect(crate.hasSuffix("  ]\n}\n"))
    }

    @Test("A dataset of which nobody said anything is described by what can be counted")
    func undescribed() {
        let facts = DirectoryFacts(name: "x", entries: [file("a", "b"), file("c")])

        #expect(text(.roCrate, facts).contains(#""description": "x with 2 files and 1 directory.""#))
        #expect(text(.roCrate, facts).contains(#""license": "No license is stated.""#))
        #expect(text(.croissant, facts).contains(#""isLiveDataset": true"#))
        #expect(text(.checksums, facts).isEmpty)
    }

    @Test("Checksums are written as sha256sum writes them, escaped where it escapes")
    func checksums() {
        let names = ["plain", "b\\c", "d\ne", "f\rg", "-", " *"]
        let facts = DirectoryFacts(name: "x", entries: names.map { file($0, digest: Self.digest) } + [file("none")])

        let lines = text(.checksums, facts).split(separator: "\n").map(String.init)

        #expect(
            lines == [
                "\(Self.digest)   *", "\(Self.digest)  ./-", "\\\(Self.digest)  b\\\\c", "\\\(Self.digest)  d\\ne",
                "\\\(Self.digest)  f\\rg", "\(Self.digest)  plain",
            ]
        )
    }

    @Test("What is no digest is not told as one")
    func strangeDigests() {
        var strange = file("a", digest: "abc")
        strange.digests.md5 = "\"quoted\""
        let facts = DirectoryFacts(name: "x", entries: [strange, file("b", digest: String(repeating: "g", count: 64))])

        for view in ManifestView.allCases {
            #expect(!text(view, facts).contains("\"sha256\": \"abc"))
            #expect(!text(view, facts).contains("quoted"))
            #expect(!text(view, facts).contains("ggg"))
        }
    }

    @Test("No URL that could hold a secret gets into any view")
    func secrets() {
        let secrets = [
            "https://bucket.example/x?X-Amz-Signature=s3cret", "https://user:s3cret@host.example/",
            "file:///etc/s3cret",
            "https://host.example/#access_token=s3cret", "javascript:s3cret()", "https://host.example/s3cret x",
            "https://user:s3cret@host.example", "data:text/plain,s3cret", "https:///s3cret",
        ]
        for secret in secrets {
            var facts = facts
            facts.pageURL = secret
            facts.entries.append(EntryFacts(path: ["a link"], kind: .link(target: secret)))
            for index in facts.entries.indices { facts.entries[index].pageURL = secret }
            for view in ManifestView.allCases {
                #expect(!text(view, facts).contains("s3cret"), "\(view) \(secret)")
            }
            #expect(text(.roCrate, facts).contains(#""@id": "https://creativecommons.org"#))
            // Of a license that is no URL at all the words are told.
            guard secret.contains("://") else { continue }
            facts.license = secret
            for view in ManifestView.allCases { #expect(!text(view, facts).contains("s3cret"), "\(view) \(secret)") }
        }
    }

    @Test("Paths that no tree has, and second things of one path, are left out; missing directories are there")
    func strangePaths() {
        let facts = DirectoryFacts(
            name: "x",
            entries: [
                file("..", "etc"), file("a", "..", "b"), file(""), file(), file("a/b"), file("n\0l"),
                file("ok", "deep"),
                file("twice", digest: Self.digest), file("twice"), file("twice", "below a file"),
            ]
        )

        let crate = text(.roCrate, facts)

        #expect(!crate.contains("..") && !crate.contains("etc") && !crate.contains("below"))
        #expect(crate.contains(#""@id": "ok/""#))
        #expect(crate.components(of: #""name": "twice""#) == 1)
        #expect(text(.checksums, facts) == "\(Self.digest)  twice\n")
    }

    @Test("Resources have names of their own, and paths that no reader takes for something else")
    func resources() {
        let names = ["Ü x.csv", "ö x.csv", "~home", "%PATH%", "$HOME", "x${HOME}", "http:", "a.."]
        let facts = DirectoryFacts(
            name: "Ä",
            entries: names.map { file($0, "x") } + [file("A"), file("a"), file("a-2")]
        )

        let package = text(.dataPackage, facts)

        #expect(package.contains(#""path": "./~home/x""#))
        #expect(package.contains(#""path": "./%PATH%/x""#))
        #expect(!package.contains("HOME"))
        #expect(package.contains(#""path": "./http:/x""#))
        #expect(!package.contains("a../x"))
        for name in ["a", "a-2", "a-2-2", "-x.csv/x", "-x.csv/x-2"] {
            #expect(package.components(of: "      \"name\": \"\(name)\"") == 1, "\(name)")
        }
    }

    @Test("A manifest made of facts names everything, and says what the store says")
    func describing() throws {
        var facts = facts
        facts.entries[0].metadata = ["run": "17", "note": "no JSON"]

        let manifest = Manifest(describing: facts)

        #expect(manifest.root.description == "One measurement a day")
        #expect(manifest.root.entries.map(\.name) == ["README.md", "paper", "raw"])
        #expect(manifest.entry(at: ["raw"])?.isDirectory == true)
        #expect(
            manifest.entry(at: ["raw", "day 1.csv"])?.metadata
                == [ManifestMember("note", .text("no JSON")), ManifestMember("run", .number("17"))]
        )
        #expect(manifest.statements(differingFrom: manifest).isEmpty)
        let again = try Manifest(parsing: manifest.rendered(as: .yaml), as: .yaml)
        #expect(again == manifest)
    }

    @Test("A hundred thousand files are told in pieces, in bounded time")
    func large() {
        var entries: [EntryFacts] = []
        for number in 0..<100_000 {
            var facts = file("d\(number % 100)", "file \(number).csv", digest: Self.digest)
            facts.size = UInt64(number)
            entries.append(facts)
        }
        let facts = DirectoryFacts(name: "large", entries: entries)
        let clock = ContinuousClock()
        for view in ManifestView.allCases {
            var pieces = 0
            var largest = 0
            let time = clock.measure {
                view.write(facts) { (piece: [UInt8]) throws(Never) in
                    pieces += 1
                    largest = max(largest, piece.count)
                }
            }
            print("\(view.fileName) of 100,000 files: \(time), \(pieces) pieces of at most \(largest) bytes")
            #expect(pieces > 50)
            #expect(largest < 128 << 10)
            #expect(time < .seconds(60))
        }
    }

    @Test("What the sink throws ends the view")
    func throwing() {
        struct Full: Error {}
        for view in ManifestView.allCases {
            #expect(throws: Full.self) {
                try view.write(facts) { (_: [UInt8]) throws(Full) in throw Full() }
            }
        }
    }
}

extension String {
    fileprivate func components(of text: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
