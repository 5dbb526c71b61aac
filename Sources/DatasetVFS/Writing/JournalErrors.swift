internal import DatasetJournal
internal import DatasetModel
internal import Glibc

extension JournalError.Code {
    /// What a program sees when its bytes cannot be kept here.
    var errno: Int32 {
        switch self {
        case .full: ENOSPC
        case .readOnly: EROFS
        case .busy, .disk, .damaged, .newer: EIO
        }
    }
}

extension StoreError {
    init(_ error: JournalError) {
        self.init(
            .localFailure,
            error.message,
            remedy: "Check the disk of the state directory; “datasetfs status” names it."
        )
    }

    init(_ failure: Change.Failure) {
        self.init(
            failure.code,
            failure.message,
            remedy: failure.remedy,
            httpStatus: failure.httpStatus,
            requestID: failure.requestID
        )
    }
}

extension StoreError {
    /// What keeps an outcome from being written down.
    init(unkept error: VFSError) {
        self = error.cause ?? StoreError(.localFailure, "the journal could not be written")
    }
}

extension VFSError {
    init(_ error: JournalError) {
        self.init(errno: error.code.errno, cause: StoreError(error))
    }
}
