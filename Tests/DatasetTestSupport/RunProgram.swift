internal import DatasetSync

/// Runs a real program to its end, on a thread of its own.
///
/// - Throws: ``ProcessError``; an exit code that is not 0 is a result, not an error.
package func runProgram(
    _ program: String,
    _ arguments: [String] = [],
    environment: [String: String] = [:],
    workingDirectory: String? = nil,
    input: [UInt8] = [],
    within limit: Duration = .seconds(60)
) async throws(ProcessError) -> ProcessResult {
    try await onThread { () throws(ProcessError) -> ProcessResult in
        let process = try RunningProcess(
            program,
            arguments,
            environment: environment,
            workingDirectory: workingDirectory,
            input: input
        )
        return try process.wait(within: limit)
    }
}

/// The directory of the package's sources: where `Package.swift` is.
package let repositoryRoot: String = {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/")
}()
