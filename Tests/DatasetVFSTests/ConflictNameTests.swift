import DatasetModel
import Testing

@testable import DatasetVFS

@Suite("ConflictName")
struct ConflictNameTests {
    private let time = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

    @Test(
        "Names the host and the time before the extension",
        arguments: [
            ("f.txt", "f.conflict-lab-20231114T221320.txt"), ("f", "f.conflict-lab-20231114T221320"),
            ("a.b.csv", "a.b.conflict-lab-20231114T221320.csv"), (".hidden", ".hidden.conflict-lab-20231114T221320"),
        ]
    )
    func name(_ name: String, _ expected: String) {
        #expect(ConflictName.of(name, host: "lab", at: time) == expected)
    }

    @Test("Fits into a directory, and two long names stay two")
    func long() {
        let names = ["a", "b"].map { String(repeating: "é", count: 120) + $0 + ".txt" }
        let conflicts = names.map { ConflictName.of($0, host: "lab", at: time) }
        #expect(conflicts.allSatisfy { $0.utf8.count <= TreeName.limit && $0.hasSuffix(".txt") })
        #expect(Set(conflicts).count == 2)
    }
}
