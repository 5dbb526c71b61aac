package import DatasetModel
package import DatasetSync

/// Why an archive, or one member of it, could not be read or written: a closed set of codes, a sentence and a remedy.
package struct ArchiveError: Error, Sendable, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        /// There is no zip directory at the end of the bytes.
        case notAnArchive
        /// What is there contradicts itself: a header, a length, a checksum.
        case damaged
        /// The bytes begin as an archive does and end before its directory.
        case truncated
        /// The member is encrypted.
        case encrypted
        /// The member is compressed by a method that this program does not know.
        case unsupportedMethod
        /// More members, bytes or memory than the limits allow.
        case limitExceeded
        /// A symbolic link that would lead out of the archive.
        case unsafeLink
        /// A tree that cannot be written as an archive.
        case invalid
        /// The bytes could not be had; `cause` says why.
        case source
        /// The caller gave up; `cause` says whether by itself or by its deadline.
        case interrupted
    }

    package var code: Code
    /// One sentence that names the thing; no secrets.
    package var message: String
    /// What the person can do about it, one sentence.
    package var remedy: String?
    /// The member's whole name as the archive has it; nil when the archive itself is meant.
    package var member: String?
    /// What the source of the bytes said.
    package var cause: StoreError?

    package init(
        _ code: Code,
        _ message: String,
        member: String? = nil,
        remedy: String? = nil,
        cause: StoreError? = nil
    ) {
        self.code = code
        self.message = message
        self.member = member
        self.remedy = remedy
        self.cause = cause
    }

    /// The bytes could not be had.
    package init(_ cause: StoreError, member: String? = nil) {
        let code: Code = cause.code == .interrupted ? .interrupted : .source
        self.init(code, cause.message, member: member, remedy: cause.remedy, cause: cause)
    }

    /// The operation's own cancellation ended it.
    package init(_ reason: CancellationReason, during operation: String, member: String? = nil) {
        let cause = StoreError(reason, during: operation)
        self.init(.interrupted, cause.message, member: member, remedy: cause.remedy, cause: cause)
    }
}

extension ArchiveError: CustomStringConvertible {
    package var description: String {
        [member.map { "\($0): \(message)" } ?? message, remedy].compactMap { $0 }.joined(separator: ". ")
    }
}
