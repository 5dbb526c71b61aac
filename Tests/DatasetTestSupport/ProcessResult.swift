/// How a program ended and what it said.
package struct ProcessResult: Sendable {
    package enum Status: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    package var status: Status
    package var outputBytes: [UInt8]
    package var errorBytes: [UInt8]

    /// What it wrote to standard output; bytes that are no UTF-8 show as U+FFFD.
    package var output: String { String(decoding: outputBytes, as: UTF8.self) }
    package var error: String { String(decoding: errorBytes, as: UTF8.self) }
    package var isSuccess: Bool { status == .exited(0) }
}

extension ProcessResult: CustomStringConvertible {
    package var description: String { "\(status)\nstdout: \(output)\nstderr: \(error)" }
}

/// Why a program could not be run to its end.
package enum ProcessError: Error, Sendable, CustomStringConvertible {
    case notStarted(program: String, errno: Int32)
    /// It was killed then; what it had said is kept.
    case timedOut(program: String, ProcessResult)

    package var description: String {
        switch self {
        case .notStarted(let program, let number): "\(program) could not be started: errno \(number)"
        case .timedOut(let program, let result): "\(program) did not end in time and was killed: \(result)"
        }
    }
}
