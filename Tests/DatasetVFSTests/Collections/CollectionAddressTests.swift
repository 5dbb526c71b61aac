import DatasetModel
import Testing

@testable import DatasetVFS

@Suite("Addresses in collections")
struct CollectionAddressTests {
    @Test("An address is read back as it was made", arguments: ["entry/1", "a/b.zip", "", "/zip/3/abc", "ü/é", "9/9"])
    func roundTrip(archive: String) throws {
        for path in ["", "a", "a/b", "é/ü", "3/x"] {
            let location = CollectionAddress(Location(archive), path: path).location
            let read = try #require(CollectionAddress(location))
            #expect(read.archive == Location(archive))
            #expect(read.path.utf8.elementsEqual(path.utf8))
            #expect(read.isTop == path.isEmpty)
            #expect(location.isInCollection == !path.isEmpty)
        }
    }

    @Test(
        "What no collection has is none's address",
        arguments: [
            "", "entry/1", "zip/1/a", "/zip/", "/zip/x/a", "/zip/9/a", "/zip/1/a/", "/zip/1/ab", "//pending/1",
            "/zip/-1/a",
        ]
    )
    func strangers(text: String) {
        #expect(CollectionAddress(Location(text)) == nil)
    }

    @Test("A member's version says which archive, which member, and what stat wants to know")
    func versions() throws {
        for archive in ["r:1:2:3", "", "zip:1:2:3:4:5"] {
            for isExecutable in [false, true] {
                let version = MemberVersion(
                    archiveSize: 1 << 40,
                    index: 99_999,
                    crc32: 0xdead_beef,
                    isExecutable: isExecutable,
                    archive: Version(archive)
                )
                #expect(MemberVersion(version.version) == version)
            }
        }
        for text in ["", "r:1", "zip:1:2:3", "zip:a:1:2::v", "zip:1:-1:2::v", "1"] {
            #expect(MemberVersion(Version(text)) == nil)
        }
    }

    @Test("Collections are opened, ordinary zips on request, documents never")
    func policy() {
        func node(_ name: String, isCollection: Bool? = nil) -> Node {
            var node = Node(location: Location("x"), name: name, kind: .file)
            node.attributes.isCollection = isCollection
            return node
        }
        let collection = node("c.zip", isCollection: true)
        #expect(ArchivePolicy.collections.opens(collection) && ArchivePolicy.all.opens(collection))
        #expect(!ArchivePolicy.never.opens(collection))
        #expect(!ArchivePolicy.collections.opens(node("c.ZIP")) && ArchivePolicy.all.opens(node("c.ZIP")))
        for name in ["a.xlsx", "a.docx", "a.jar", "zip", "a.zipx"] {
            #expect(ArchivePolicy.allCases.allSatisfy { !$0.opens(node(name)) })
        }
        #expect(ArchivePolicy.directoryName(of: collection) == "c")
        #expect(ArchivePolicy.directoryName(of: node("c.zip")) == "c.zip")
        #expect(ArchivePolicy.directoryName(of: node(".zip", isCollection: true)) == ".zip")
    }
}
