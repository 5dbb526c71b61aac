internal import Testing

@testable internal import DatasetFUSE

@Suite("MountRights")
struct MountRightsTests {
    @Test("the power to mount is bit 21 of the effective capabilities")
    func capability() {
        #expect(MountRights.hasMountCapability("Name:\tx\nCapEff:\t000001ffffffffff\n"))
        #expect(!MountRights.hasMountCapability("CapEff:\t00000000a80425fb\n"))
        #expect(MountRights.hasMountCapability("Name:\tx\n"))
    }

    @Test("user_allow_other counts only where it is no comment")
    func configuration() {
        #expect(MountRights.allowsOthers("# a\n  user_allow_other # yes\n"))
        #expect(!MountRights.allowsOthers("#user_allow_other\nmount_max = 10\n"))
        #expect(!MountRights.allowsOthers("# user_allow_other\n"))
    }

    @Test("every mount error says what helps")
    func remedies() {
        let errors: [MountError] = [
            .noDevice, .deviceDenied(errno: 13), .noCapability, .noHelper, .audienceDenied(.everyone),
            .mountPointMissing("/x"), .mountPointNotDirectory("/x"), .mountPointUnreadable("/x", errno: 13),
            .mountPointDenied("/x"), .stale("/x"), .notEmpty("/x"), .sessionFailed(errno: 5), .notMounted("/x"),
            .busy("/x", holders: ["cat (1)"]),
        ]
        for error in errors {
            #expect(error.description.hasSuffix("."))
            #expect(!error.description.contains("\n"))
        }
        #expect(MountError.busy("/x", holders: ["cat (1)"]).description.hasPrefix("“/x” is in use by cat (1). "))
    }
}
