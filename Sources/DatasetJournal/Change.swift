package import DatasetModel

/// One thing that the store does not have yet as the tree shows it: the desired state, not a log of calls.
package struct Change: Sendable, Equatable, Identifiable {
    /// Where a change ends up.
    package enum Scope: Int, Sendable, Hashable {
        case published = 0
        /// Kept here, never published: `.git`, editors' scratch files.
        case local = 1
    }

    package let id: ChangeID
    package var kind: NodeKind
    /// Where the store has it; ``Location/pending(_:)`` of its own id while the store has not.
    package var location: Location
    /// Of a file that the store has: the version that is replaced or removed.
    package var version: Version?
    /// The directory it is in, which may be pending as well.
    package var parent: Location
    /// In the tree.
    package var name: String
    package var isRemoval = false
    /// Nil: the content stays as the store has it.
    package var content: ContentID?
    /// Bytes of the content.
    package var size: UInt64 = 0
    package var modified = Timestamp(nanoseconds: 0)
    /// Nil: unchanged.
    package var description: String?
    /// Nil: unchanged.
    package var tags: [String]?
    package var scope = Scope.published
    /// Wall-clock nanoseconds before which it is not published; 0: at once.
    package var notBefore: Int64 = 0
    package var tries = 0
    package var failure: Failure?
    /// What the store wrote down to go on with the upload (`UploadLedger`).
    package var note: String?

    package init(
        id: ChangeID,
        kind: NodeKind,
        location: Location,
        version: Version?,
        parent: Location,
        name: String
    ) {
        self.id = id
        self.kind = kind
        self.location = location
        self.version = version
        self.parent = parent
        self.name = name
    }
}

extension Change {
    /// Why the last try to publish it failed.
    package struct Failure: Sendable, Equatable {
        package var code: StoreError.Code
        package var message: String
        package var remedy: String?
        package var httpStatus: Int?
        package var requestID: String?
        /// Not tried again until somebody says so.
        package var isFinal: Bool
        /// Wall-clock nanoseconds.
        package var at: Int64

        package init(
            code: StoreError.Code,
            message: String,
            remedy: String? = nil,
            httpStatus: Int? = nil,
            requestID: String? = nil,
            isFinal: Bool,
            at: Int64
        ) {
            self.code = code
            self.message = message
            self.remedy = remedy
            self.httpStatus = httpStatus
            self.requestID = requestID
            self.isFinal = isFinal
            self.at = at
        }

        package init(_ error: StoreError, isFinal: Bool, at wall: Int64) {
            self.init(
                code: error.code,
                message: error.message,
                remedy: error.remedy,
                httpStatus: error.httpStatus,
                requestID: error.requestID,
                isFinal: isFinal,
                at: wall
            )
        }
    }
}
