internal import DatasetModel

/// What `.datasetfs/status` and `datasetfs status --json` show.
package struct StatusReport: Codable, Sendable, Equatable {
    package struct Transfers: Codable, Sendable, Equatable {
        package var requests: UInt64 = 0
        package var bytesReceived: UInt64 = 0
        package var bytesSent: UInt64 = 0

        package init(requests: UInt64 = 0, bytesReceived: UInt64 = 0, bytesSent: UInt64 = 0) {
            self.requests = requests
            self.bytesReceived = bytesReceived
            self.bytesSent = bytesSent
        }
    }

    package struct Cache: Codable, Sendable, Equatable {
        package var directory: String
        package var bytes: UInt64
        package var files: Int
        /// What its disk refuses; nil while it does not. Reading and writing go on without it.
        package var trouble: String?
    }

    package struct Kernel: Codable, Sendable, Equatable {
        /// Inodes that the kernel holds or that are open.
        package var knownInodes: Int
        package var openFiles: Int
        package var openDirectories: Int
    }

    package struct Writing: Codable, Sendable, Equatable {
        /// `through` or `back`.
        package var durability: String
        /// Where unpublished content lies.
        package var directory: String
        /// Bytes of it on that disk.
        package var bytesKept: UInt64
        /// Things that the store does not have yet; `.datasetfs/queue` lists them.
        package var waiting: Int
        package var uploading: Int
        package var failed: Int
        /// Bytes of their contents, and how many of those the store has.
        package var bytes: UInt64
        package var sent: UInt64
    }

    package var store: String
    /// `online` or `offline`.
    package var health: String
    /// Since when the store cannot be reached; nil while it can be.
    package var offlineSince: String?
    package var startedAt: String
    package var processID: Int32
    package var transfers: Transfers
    package var cache: Cache
    package var kernel: Kernel
    /// Errors on record; `.datasetfs/errors` holds them.
    package var errors: Int
    /// Nil where the mount only reads.
    package var writing: Writing?
}

/// One line of `.datasetfs/errors`: what `datasetfs why` reads.
package struct ErrorLine: Codable, Sendable, Equatable {
    package var time: String
    package var path: String
    package var operation: String
    package var errno: Int32
    package var code: String
    package var message: String
    package var remedy: String?
    package var httpStatus: Int?
    package var requestID: String?

    init(_ record: ErrorRecord) {
        time = Timestamp(nanoseconds: record.time).rfc3339
        path = record.path
        operation = record.operation
        errno = record.errno
        code = record.cause.code.rawValue
        message = record.cause.message
        remedy = record.cause.remedy
        httpStatus = record.cause.httpStatus
        requestID = record.cause.requestID
    }
}
