internal import DatasetFUSE
internal import DatasetSync
internal import DatasetTestSupport
internal import Glibc

/// The tiny tree, mounted by a child process: a process that asked its own mount could wait for itself.
final class TinyMount: Sendable {
    let path: String
    let server: RunningProcess
    private let directory: TemporaryDirectory

    /// - Throws: When it did not become ready; the server's words are in the error.
    @available(*, noasync, message: "this blocks the calling thread")
    init(_ options: [String]) throws {
        directory = try TemporaryDirectory(prefix: "datasetfs-mount")
        path = directory.path
        server = try RunningProcess(Self.program, [path] + options)
        guard server.waitForOutput({ output, _ in output.contains("ready\n") }) else {
            throw TinyMountError(words: server.output + server.error)
        }
    }

    deinit {
        server.terminate()
        takeAway()
    }

    /// Unmounts what may be left, without asking it anything.
    private func takeAway() {
        while Mounts.datasets().contains(where: { $0.path == path }) {
            guard (try? Unmounter.unmount(path, lazy: true)) != nil else { return }
        }
    }

    /// Asks the server to end and answers its last line; the mount is gone afterwards.
    @available(*, noasync, message: "this blocks the calling thread")
    func end() throws -> String {
        server.signal(SIGTERM)
        let result = try server.wait(within: .seconds(20))
        return result.output.split(separator: "\n").last { $0.hasPrefix("ended:") }.map(String.init) ?? "\(result)"
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Beside this test program.
    static let program: String = {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
        let path = String(decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/FUSETestMount"
    }()

    /// Whether this machine lets this account mount; the reason why not is printed.
    static let isPossible: Bool = {
        let descriptor = unsafe open("/dev/fuse", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else {
            print("mount tests are skipped: /dev/fuse cannot be opened, errno \(errno)")
            return false
        }
        close(descriptor)
        return true
    }()
}

struct TinyMountError: Error, CustomStringConvertible {
    var words: String
    var description: String { "the tiny tree was not mounted: \(words)" }
}

/// Runs `body` with a mount that is gone afterwards, whatever happens, and answers the server's last line.
@discardableResult
func withTinyMount(
    _ options: String...,
    body: (TinyMount) async throws -> Void
) async throws -> String {
    let mount = try await onThread { () throws in try TinyMount(options) }
    try await body(mount)
    return try await onThread { () throws in try mount.end() }
}

/// Runs a shell command and answers what it printed, trimmed; stderr is added when it failed.
func shell(_ command: String, within limit: Duration = .seconds(60)) async throws -> String {
    let result = try await runProgram("sh", ["-c", command], environment: ["LC_ALL": "C.UTF-8"], within: limit)
    let text = result.isSuccess ? result.output : "\(result.output)\(result.error)[\(result.status)]"
    return String(text.drop(while: { $0 == "\n" }).reversed().drop(while: { $0 == "\n" }).reversed())
}
