internal import Glibc

/// Where things lie, by the XDG base directory specification; the system's directories where there is no home.
struct Paths {
    /// May be deleted while nothing is mounted.
    let cache: String
    /// Logs, and what was written and is not at the store yet.
    let state: String
    /// Searched in this order.
    let configurations: [String]

    init(environment: [String: String]) {
        // A home that does not exist (as service accounts have) is none: it is not ours to make.
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") && $0 != "/" && Self.isDirectory($0) ? $0 : nil }
        func base(_ variable: String, _ below: String, _ system: String) -> String {
            // The specification has relative paths ignored.
            if let path = environment[variable], path.hasPrefix("/") { return path + "/datasetfs" }
            return home.map { "\($0)/\(below)/datasetfs" } ?? system
        }
        cache = base("XDG_CACHE_HOME", ".cache", "/var/cache/datasetfs")
        state = base("XDG_STATE_HOME", ".local/state", "/var/lib/datasetfs")
        configurations = [
            base("XDG_CONFIG_HOME", ".config", "/etc/datasetfs") + "/config.yaml", "/etc/datasetfs/config.yaml",
        ]
    }

    /// A path made absolute and free of `.`, `..` and doubled slashes, without looking at the disk.
    static func absolute(_ path: String, from directory: String) -> String {
        var parts: [Substring] = []
        for part in (path.hasPrefix("/") ? path : directory + "/" + path).split(separator: "/") {
            switch part {
            case ".": break
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// Free of symbolic links; nil for what does not exist.
    static func resolved(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    static var workingDirectory: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let isThere = unsafe buffer.withUnsafeMutableBufferPointer { unsafe getcwd($0.baseAddress, $0.count) != nil }
        guard isThere else { return "/" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// A directory that is to hold what nobody else has must be there after a power failure as well.
    private static func synchronizeParent(of path: String) {
        let descriptor = unsafe open(path + "/..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Makes a directory and its parents, for this user only.
    static func make(_ directory: String) throws(Failure) {
        var path = ""
        for part in directory.split(separator: "/") {
            path += "/" + part
            guard unsafe mkdir(path, 0o700) != 0 else {
                synchronizeParent(of: path)
                continue
            }
            guard errno != EEXIST else { continue }
            let reason = unsafe String(cString: strerror(errno))
            throw Failure(.failed, "cannot make the directory \(path): \(reason).")
        }
    }
}
