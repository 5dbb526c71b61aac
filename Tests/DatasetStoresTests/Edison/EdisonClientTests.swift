import Crypto
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Foundation
import Testing

@testable import DatasetStores

/// The platform's own Python client, in environments that `Tests/EdisonClient/run.sh` makes.
enum EdisonPython {
    /// `DATASETFS_EDISON_PYTHONS`, by colons, else the interpreters of the environments at the top of the clone.
    static let interpreters: [String] = {
        if let list = ProcessInfo.processInfo.environment["DATASETFS_EDISON_PYTHONS"] {
            return list.split(separator: ":").map(String.init)
        }
        return [".venv-edison", ".venv-edison-older"].map { "\(repositoryRoot)/\($0)/bin/python" }
            .filter { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    static let absence: String? =
        LocalServer.absence ?? (interpreters.isEmpty ? "no Edison client: run Tests/EdisonClient/run.sh once" : nil)
}

@Suite(
    "What Edison.Store wrote, read by the platform's own client",
    .enabled(if: EdisonPython.absence == nil, "no datasetfs-server or no Edison client")
)
struct EdisonClientTests {
    private static let contents: [(name: String, ReferenceContent)] = [
        ("bom.txt", .text("\u{FEFF}one\r\ntwo\rthree\n")), ("utf8.md", .text("\u{1F600} caf\u{E9} cafe\u{301}")),
        ("control.json", .text("{\"a\": \"\\u0000\"}\u{1}\u{7F}\t")), ("one.bin", .bytes([0])),
        ("nul.txt", .bytes([0x61, 0, 0x62])), ("latin.csv", .bytes([0xE9, 0x0D, 0x0A])),
        ("parts.bin", .pattern(seed: 21, size: 11_000_000)), ("no extension", .pattern(seed: 22, size: 1000)),
    ]

    @Test("gives back every byte and tells every revision", arguments: EdisonPython.interpreters)
    func readBack(python: String) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            let folder = try world.make(.directory, "folder", in: dataset.location)
            var expected: [[String: Any]] = []
            func expect(_ node: Node, _ content: ReferenceContent, revisions: Int) {
                let digest = SHA256.hash(data: content.allBytes).map {
                    String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
                }
                expected.append(
                    ["id": node.attributes.id ?? "", "sha256": digest.joined(), "revisions": revisions]
                )
            }
            for (name, content) in Self.contents {
                expect(try world.make(.file, name, in: folder.location, content), content, revisions: 1)
                // The same bytes come to an entry that was something else before.
                var node = try world.make(.file, "replaced \(name)", in: folder.location, .text("before"))
                node = try world.replace(node, with: content)
                expect(node, content, revisions: 2)
            }
            let client = try RunningProcess(
                python,
                ["\(repositoryRoot)/Tests/EdisonClient/readback.py", world.server.url, LocalServer.key],
                environment: ["LITELLM_LOCAL_MODEL_COST_MAP": "True", "PYTHONDONTWRITEBYTECODE": "1"],
                input: Array(try JSONSerialization.data(withJSONObject: expected))
            )
            let result = try client.wait(within: .seconds(180))
            #expect(result.isSuccess, "\(result)")
        }
    }
}
