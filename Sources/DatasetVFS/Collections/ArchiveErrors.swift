internal import DatasetArchive
internal import DatasetModel

extension StoreError {
    /// What went wrong in an archive, in the words that a file system has for it.
    init(_ error: ArchiveError, in archive: String) {
        if let cause = error.cause, error.code == .source || error.code == .interrupted {
            self = cause
            return
        }
        let code: Code =
            switch error.code {
            case .encrypted, .unsafeLink: .forbidden
            case .unsupportedMethod: .unsupported
            case .interrupted: .interrupted
            case .source: .localFailure
            case .notAnArchive, .damaged, .truncated, .limitExceeded, .invalid: .corrupt
            }
        let place = error.member.map { "“\($0)” in “\(archive)”" } ?? "“\(archive)”"
        self.init(code, "\(place): \(error.message)", remedy: error.remedy)
    }
}
