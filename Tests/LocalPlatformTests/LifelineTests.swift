import Foundation
import Testing

enum ServerProgram {
    /// `DATASETFS_SERVER`, else beside the tests.
    static let path: String? = {
        let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
        let named = ProcessInfo.processInfo.environment["DATASETFS_SERVER"].map { [$0] } ?? []
        return (named + ["\(products)/datasetfs-server"]).first { FileManager.default.isExecutableFile(atPath: $0) }
    }()
}

/// The server as a process, where it was built.
@Suite(
    "datasetfs-server and its standard input",
    .enabled(if: ServerProgram.path != nil, "no datasetfs-server")
)
struct LifelineTests {
    @Test("ends when that ends", .timeLimit(.minutes(1)))
    func end() async throws {
        let root = NSTemporaryDirectory() + "lifeline-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: root) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(ServerProgram.path))
        process.arguments = ["--port", "0", "--root", root, "--exit-with-stdin"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
                output.fileHandleForReading.readabilityHandler = { handle in
                    handle.readabilityHandler = nil
                    try? input.fileHandleForWriting.close()
                }
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        #expect(status == 0)
    }
}
