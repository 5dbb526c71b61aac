internal import Glibc

/// What is to be known of a path, as far as possible without asking the file system behind it.
enum Path {
    /// Absolute and without `.`, `..` and doubled slashes; links stay.
    static func absolute(_ path: String) -> String {
        let full = path.hasPrefix("/") ? path : workingDirectory() + "/" + path
        var parts: [Substring] = []
        for part in full.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// Absolute and without links; nil when it cannot be had (`realpath(3)`, the errno is lost).
    static func resolved(_ path: String) -> String? {
        guard let text = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }

    /// As much of ``resolved(_:)`` as goes without asking the last component, which may be a dead mount.
    static func resolvedParent(_ path: String) -> String {
        let plain = absolute(path)
        guard let slash = plain.lastIndex(of: "/"), plain != "/" else { return plain }
        let parent = slash == plain.startIndex ? "/" : String(plain[..<slash])
        guard let resolved = resolved(parent) else { return plain }
        return (resolved == "/" ? "" : resolved) + plain[slash...]
    }

    static func contains(_ directory: String, _ path: String) -> Bool {
        directory == "/" || path == directory || path.hasPrefix(directory + "/")
    }

    private static func workingDirectory() -> String {
        guard let text = unsafe getcwd(nil, 0) else { return "/" }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}
