/// Why the journal could not keep or give back what it was asked for: a closed set of codes and a sentence.
package struct JournalError: Error, Sendable, Equatable {
    package enum Code: Sendable, Hashable {
        /// Another process owns the directory; nil when it did not leave its number.
        case busy(pid: Int32?)
        /// No room left on the disk (ENOSPC, EDQUOT), or the reserve would be touched.
        case full
        /// The disk or the directory cannot be written (EROFS, EACCES, EPERM).
        case readOnly
        /// The disk or its file system failed.
        case disk
        /// What was written is no longer there as it was written, or belongs to another store.
        case damaged
        /// A newer program wrote it.
        case newer
    }

    package let code: Code
    /// One sentence that names the path, the reason and what to do about it.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension JournalError: CustomStringConvertible {
    package var description: String { message }
}
