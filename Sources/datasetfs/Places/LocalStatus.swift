internal import Glibc

/// What stat(2) says of a path of this machine.
enum LocalStatus {
    /// Follows links; nil with errno set where there is nothing.
    static func of(_ path: String) -> stat? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status : nil
    }

    static func isDirectory(_ path: String) -> Bool {
        of(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }
}
