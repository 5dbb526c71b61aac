internal import Foundation

/// A directory of one's own under the system's temporary directory, removed with all it holds when it is let go.
package final class TemporaryDirectory: Sendable {
    /// Absolute, symbolic links resolved, no slash at the end.
    package let path: String

    /// - Throws: `CocoaError` when the directory cannot be made.
    package init(prefix: String = "datasetfs-test") throws {
        let parent = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        let url = parent.appendingPathComponent("\(prefix)-\(UUID().uuidString.prefix(13))", isDirectory: true)
        try FileManager.default.createDirectory(
            at: url,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        path = String(url.path)
    }

    deinit {
        remove()
    }

    /// The path of something inside; nothing is created.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    private func remove() {
        guard (try? FileManager.default.removeItem(atPath: path)) == nil else { return }
        // A test may have taken permissions away: give them back on every directory, then try once more.
        let manager = FileManager.default
        try? manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        for case let name as String in manager.enumerator(atPath: path) ?? FileManager.DirectoryEnumerator() {
            let item = "\(path)/\(name)"
            let type = try? manager.attributesOfItem(atPath: item)[.type] as? FileAttributeType
            if type == .typeDirectory { try? manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: item) }
        }
        try? manager.removeItem(atPath: path)
    }
}

/// Runs `body` with a directory that is gone afterwards, also when it throws.
package func withTemporaryDirectory<Answer>(_ body: (TemporaryDirectory) throws -> Answer) throws -> Answer {
    let directory = try TemporaryDirectory()
    return try withExtendedLifetime(directory) { try body(directory) }
}

/// Runs `body` with a directory that is gone afterwards, also when it throws.
package func withTemporaryDirectory<Answer>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (TemporaryDirectory) async throws -> Answer
) async throws -> Answer {
    let directory = try TemporaryDirectory()
    defer { withExtendedLifetime(directory) {} }
    return try await body(directory)
}
