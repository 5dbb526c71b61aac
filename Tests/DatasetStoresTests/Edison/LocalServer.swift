import DatasetTestSupport
import Foundation
import Glibc

/// A local platform of one's own, ended with this object.
final class LocalServer: Sendable {
    static let key = "test-key"
    static let user = "tester"

    let url: String
    let directory: TemporaryDirectory
    private let process: RunningProcess
    /// Held by this process alone: the server ends when this end of its standard input is closed, be it by a crash.
    private let lifeline: Int32

    /// Why there is none, for tests that cannot run without.
    static let absence: String? = path == nil ? "no datasetfs-server: build it, or name it in DATASETFS_SERVER" : nil

    /// `DATASETFS_SERVER`, else beside the test bundle.
    private static let path: String? = {
        if let path = ProcessInfo.processInfo.environment["DATASETFS_SERVER"] { return path }
        let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let candidates = [products.path, "\(repositoryRoot)/.build/debug"].map { "\($0)/datasetfs-server" }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    struct Failure: Error { let message: String }

    init(_ options: [String] = []) throws {
        guard let path = Self.path else { throw Failure(message: Self.absence ?? "") }
        directory = try TemporaryDirectory()
        let pipe = directory.file("lifeline")
        guard unsafe mkfifo(pipe, 0o600) == 0 else { throw Failure(message: "mkfifo: errno \(errno)") }
        lifeline = unsafe open(pipe, O_RDWR | O_CLOEXEC)
        process = try RunningProcess(
            "sh",
            [
                "-c", "exec \"$0\" \"$@\" < '\(pipe)'", path, "--exit-with-stdin", "--port", "0", "--root",
                directory.file("root"), "--admin", "--api-key", "\(Self.key)=\(Self.user)", "--api-key",
                "other-key=other",
            ] + options
        )
        var url: String?
        _ = process.waitForOutput(within: .seconds(30)) { output, _ in
            let words = output.split(separator: "\n").first { $0.hasPrefix("datasetfs-server ready on ") }
            url = words?.split(separator: " ").last.map(String.init)
            return url != nil
        }
        guard let url else { throw Failure(message: "datasetfs-server did not start: \(process.error)") }
        self.url = url
    }

    deinit {
        process.terminate()
        close(lifeline)
    }
}
