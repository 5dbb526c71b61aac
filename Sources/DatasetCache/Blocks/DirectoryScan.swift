internal import Glibc

/// What the cache's directory holds, found once at the start.
enum DirectoryScan {
    struct Found {
        var name: ContentName
        var bytes: UInt64
        /// Modification time of the map file, wall-clock nanoseconds.
        var lastUse: Int64
    }

    private struct Pair {
        var bytes: UInt64 = 0
        var lastUse: Int64 = 0
        var hasData = false
        var hasMap = false
    }

    /// All whole contents below `root`; of halves, which a crash leaves, the file is removed.
    static func contents(of root: String) -> [Found] {
        names(in: root).flatMap { folder -> [Found] in
            guard folder.utf8.count == 2 else { return [] }
            return contents(ofFolder: "\(root)/\(folder)")
        }
    }

    private static func contents(ofFolder folder: String) -> [Found] {
        var pairs: [ContentName: Pair] = [:]
        for file in names(in: folder) {
            let isMap = file.hasSuffix(".map")
            guard isMap || file.hasSuffix(".data"), let name = ContentName(text: file.prefix { $0 != "." }) else {
                continue
            }
            var status = stat()
            guard unsafe lstat("\(folder)/\(file)", &status) == 0 else { continue }
            pairs[name, default: Pair()].bytes += UInt64(clamping: status.st_blocks) * 512
            if isMap {
                pairs[name]?.hasMap = true
                pairs[name]?.lastUse = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
            } else {
                pairs[name]?.hasData = true
            }
        }
        return pairs.compactMap { name, pair in
            guard pair.hasMap, pair.hasData else {
                _ = unsafe unlink("\(folder)/\(name.text)\(pair.hasMap ? ".map" : ".data")")
                return nil
            }
            return Found(name: name, bytes: pair.bytes, lastUse: pair.lastUse)
        }
    }

    private static func names(in directory: String) -> [String] {
        guard let stream = unsafe opendir(directory) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
