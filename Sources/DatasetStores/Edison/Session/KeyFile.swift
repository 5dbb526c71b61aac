internal import DatasetModel
internal import Glibc

extension Edison {
    /// A file that holds an API key.
    enum KeyFile {
        private static let sizeLimit = 16 << 10

        /// - Throws: `.localFailure` when it cannot be read, is no regular file, or anyone but its owner can read it.
        static func read(_ path: String) throws(StoreError) -> Secret {
            let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { throw failure(path, "cannot be opened: \(reason(errno))") }
            defer { close(descriptor) }
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else {
                throw failure(path, "cannot be examined: \(reason(errno))")
            }
            guard status.st_mode & S_IFMT == S_IFREG else { throw failure(path, "is no regular file") }
            guard status.st_mode & 0o077 == 0 else {
                throw failure(path, "can be read by others", remedy: "chmod 600 \(path)")
            }
            var buffer = [UInt8](repeating: 0, count: sizeLimit + 1)
            var count = 0
            while count < buffer.count {
                let part = unsafe buffer.withUnsafeMutableBytes { bytes in
                    unsafe Glibc.read(descriptor, bytes.baseAddress?.advanced(by: count), bytes.count - count)
                }
                if part < 0, errno == EINTR { continue }
                guard part >= 0 else { throw failure(path, "cannot be read: \(reason(errno))") }
                if part == 0 { break }
                count += part
            }
            guard count <= sizeLimit else { throw failure(path, "is too long for a key") }
            let text = String(decoding: buffer.prefix(count), as: UTF8.self)
            return try Credentials.checked(text, source: "the key file \(path)")
        }

        private static func failure(_ path: String, _ what: String, remedy: String? = nil) -> StoreError {
            StoreError(.localFailure, "the key file \(path) \(what)", remedy: remedy)
        }

        private static func reason(_ code: Int32) -> String {
            var buffer = [CChar](repeating: 0, count: 128)
            guard unsafe strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
            return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
