internal import Glibc

/// Directories, links and small files of this machine.
enum LocalDirectory {
    struct Names {
        /// In the order of their bytes.
        var names: [String]
        /// Those that are no UTF-8, as far as they can be shown.
        var unreadable: [String]
    }

    /// Nil with errno set where it cannot be read.
    static func names(of path: String) -> Names? {
        guard let directory = unsafe opendir(path) else { return nil }
        defer { unsafe closedir(directory) }
        var names = Names(names: [], unreadable: [])
        errno = 0
        while let entry = unsafe readdir(directory) {
            let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            if bytes == Array(".".utf8) || bytes == Array("..".utf8) { continue }
            if let name = String(validating: bytes, as: UTF8.self) {
                names.names.append(name)
            } else {
                names.unreadable.append(String(decoding: bytes, as: UTF8.self))
            }
        }
        guard errno == 0 else { return nil }
        names.names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return names
    }

    static func isLink(_ path: String) -> Bool { linkTarget(path) != nil }

    /// Nil for what is no symbolic link.
    static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 8192)
        let count = unsafe readlink(path, &buffer, buffer.count)
        guard count >= 0 else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A whole file; nil with errno set where it cannot be read or is longer.
    static func bytes(of path: String, atMost limit: Int) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else {
                errno = EFBIG
                return nil
            }
        }
    }
}
