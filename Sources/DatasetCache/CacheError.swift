/// Why facts or blocks could not be kept or read: a closed set of codes, a sentence and the file concerned.
package struct CacheError: Error, Sendable, Equatable {
    package enum Code: Sendable, Hashable {
        /// Another process owns the cache; nil when it did not leave its number.
        case busy(pid: Int32?)
        /// The file is no longer what was written; the next start sets it aside.
        case damaged
        /// The disk or its file system refused.
        case disk
        /// The file was written by a newer program, or a statement does not fit the file.
        case schema
    }

    package var code: Code
    /// One sentence that says what was tried and what to do about it.
    package var message: String
    package var path: String

    package init(_ code: Code, _ message: String, path: String) {
        self.code = code
        self.message = message
        self.path = path
    }
}

extension CacheError: CustomStringConvertible {
    package var description: String { "\(message) (\(path))" }
}
