internal import Glibc

/// Who keeps a mount busy, as far as this account may see.
package enum MountHolders {
    /// Processes with an open file or their working directory below `path`, at most `limit`, as “name (pid)”.
    ///
    /// Reads links of /proc only: nothing asks the mount itself.
    package static func find(of path: String, limit: Int = 5) -> [String] {
        var holders: [String] = []
        for process in names(in: "/proc") where process.allSatisfy(\.isNumber) {
            guard holds("/proc/\(process)", path) else { continue }
            let name = SmallFile.text("/proc/\(process)/comm")?.split(separator: "\n").first ?? "?"
            holders.append("\(name) (\(process))")
            if holders.count >= limit { break }
        }
        return holders
    }

    private static func holds(_ process: String, _ path: String) -> Bool {
        let links = ["\(process)/cwd", "\(process)/root"] + names(in: "\(process)/fd").map { "\(process)/fd/\($0)" }
        return links.contains { link in
            guard let target = Self.target(of: link), target != "/" else { return false }
            return Path.contains(path, target)
        }
    }

    private static func target(of link: String) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(link, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func names(in directory: String) -> [String] {
        guard let stream = unsafe opendir(directory) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
