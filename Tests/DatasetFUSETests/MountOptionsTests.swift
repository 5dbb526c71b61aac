internal import Testing

@testable internal import DatasetFUSE

@Suite("MountOptions")
struct MountOptionsTests {
    @Test("the argument vector is finished, in one option list")
    func plain() {
        #expect(
            MountOptions(source: "https://example.org/store").arguments == [
                "datasetfs", "-o",
                "fsname=https://example.org/store,subtype=datasetfs,default_permissions,nosuid,nodev,noatime",
            ]
        )
    }

    @Test("each choice adds its option")
    func choices() {
        let everyone = MountOptions(source: "s", audience: .everyone, isReadOnly: true, maximumRead: 131_072)
        #expect(everyone.arguments[2].hasSuffix(",noatime,ro,max_read=131072,allow_other"))
        #expect(MountOptions(source: "s", audience: .ownerAndRoot).arguments[2].hasSuffix(",noatime,allow_root"))
    }

    @Test("commas and backslashes in the source cannot become options")
    func escaping() {
        let options = MountOptions(source: "a,allow_other\\b")
        #expect(options.arguments[2].hasPrefix("fsname=a\\,allow_other\\\\b,subtype="))
    }

    @Test("what cannot be honoured is refused with its name")
    func refusals() {
        let good = MountOptions(source: "s")
        let changes: [(WritableKeyPath<MountOptions, Int>, Int)] = [(\.readAhead, 1), (\.readAhead, 1 << 20)]
        for (path, value) in changes {
            var options = good
            options[keyPath: path] = value
            #expect(throws: MountError.self) { try options.validate() }
        }
        #expect(throws: Never.self) { try good.validate() }
        #expect(throws: MountError.self) { try MountOptions(source: "").validate() }
        #expect(throws: MountError.self) { try MountOptions(source: "a\nb").validate() }
        #expect(throws: MountError.self) { try MountOptions(source: "s", maximumRead: 100).validate() }
        #expect(throws: MountError.self) { try MountOptions(source: "s", deadline: .zero).validate() }
    }
}
