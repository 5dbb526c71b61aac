internal import DatasetModel
internal import Glibc

/// How the process ends; scripts rely on these numbers.
enum ExitStatus: Int32 {
    case done = 0
    case failed = 1
    case credentialsRefused = 2
    case storeUnreachable = 3
    case mountPointUnusable = 4
    case cannotMount = 5
    case cacheBusy = 6
    /// Something that was written is not at the store; it is kept.
    case unpublished = 7
    /// sysexits(3): EX_USAGE.
    case wrongUsage = 64
}

/// The end of a command: what went wrong and what helps, in one paragraph on standard error.
struct Failure: Error {
    var status: ExitStatus
    var message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    init(_ error: StoreError) {
        let status: ExitStatus =
            switch error.code {
            case .unauthenticated, .forbidden: .credentialsRefused
            case _ where error.code.isConnectivity: .storeUnreachable
            case .untrusted: .storeUnreachable
            default: .failed
            }
        self.init(status, [error.message + ".", error.remedy].compactMap { $0 }.joined(separator: " "))
    }

    func report() {
        Console.error("datasetfs: \(message)")
    }
}
