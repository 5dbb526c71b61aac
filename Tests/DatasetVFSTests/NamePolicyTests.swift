import Testing

@testable import DatasetVFS

@Suite("Name policy")
struct NamePolicyTests {
    @Test(
        "What belongs to a machine, to editors and to databases stays here",
        arguments: [
            ".git", "__pycache__", "x.pyc", ".DS_Store", "node_modules", ".f.txt.swp", ".f.swx", "4913", "f~", ".#f",
            "#f#",
            ".~lock.f.odt#", "._f", "db-journal", "db.sqlite-wal", "db-shm",
        ]
    )
    func local(_ name: String) {
        #expect(NamePolicy().treatment(of: name, inLocalDirectory: false) == .local)
    }

    @Test(
        "Names on the way to another name wait",
        arguments: [
            "sedAb3dEf", "tmpab12_z9x", ".f.txt.Xy12Zq", ".goutputstream-ABC123", "f.tmp", "f.part", ".nfs000000010001",
        ]
    )
    func passing(_ name: String) {
        #expect(NamePolicy().treatment(of: name, inLocalDirectory: false) == .inPassing)
    }

    @Test(
        "Everything else is data",
        arguments: [
            "f", "f.txt", ".hidden", "sedan", "tmp", "template.csv", "git", "pyc", "4913.txt", "é", "a b", "x.swp",
        ]
    )
    func published(_ name: String) {
        #expect(NamePolicy().treatment(of: name, inLocalDirectory: false) == .published)
    }

    @Test("All below a directory that stays here stays here")
    func below() {
        #expect(NamePolicy().treatment(of: "f.txt", inLocalDirectory: true) == .local)
        #expect(NamePolicy().treatment(of: "f.tmp", inLocalDirectory: true) == .local)
    }

    @Test("Further patterns are added, and go before names in passing")
    func further() {
        let policy = NamePolicy(ignoring: ["*.log", "scratch", "f.tmp"])
        #expect(policy.treatment(of: "x.log", inLocalDirectory: false) == .local)
        #expect(policy.treatment(of: "scratch", inLocalDirectory: false) == .local)
        #expect(policy.treatment(of: "f.tmp", inLocalDirectory: false) == .local)
        #expect(policy.treatment(of: "scratches", inLocalDirectory: false) == .published)
    }
}
