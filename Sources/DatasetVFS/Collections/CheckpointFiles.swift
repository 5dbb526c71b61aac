internal import DatasetArchive
internal import Glibc
internal import Synchronization

/// States of decoders on the disk, so that a read far into a large member does not begin at its front again, in no mount.
///
/// One file for each member of one version of an archive, in a directory of their own: they are looked for only by who reads that
/// member, are of no use to anybody else, and would only make the facts' file long. All of it may be lost at any time.
final class CheckpointFiles: Sendable {
    /// Members of fewer bytes are inflated anew in a moment.
    static let smallest: UInt64 = 8 << 20
    /// Bytes of all files together; those written longest ago go first.
    static let capacity: UInt64 = 256 << 20

    private let directory: String
    private let files = Mutex<[String: CheckpointFile]>([:])

    init(directory: String) {
        self.directory = directory
        _ = unsafe mkdir(directory, 0o700)
        trim()
    }

    /// - Parameter key: Names archive, version and member; the file of another one is never taken for it.
    func store(for key: String) -> any CheckpointStore {
        let name = Self.name(of: key)
        return files.withLock { files in
            if let known = files[name], known.key == key { return known }
            if files.count >= 64 { files.removeAll() }
            let made = CheckpointFile(path: "\(directory)/\(name)", key: key)
            files[name] = made
            return made
        }
    }

    /// Removes the oldest files above the capacity.
    private func trim() {
        var found: [(path: String, size: UInt64, time: Int)] = []
        guard let stream = unsafe opendir(directory) else { return }
        defer { unsafe closedir(stream) }
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            var status = stat()
            let path = "\(directory)/\(name)"
            guard !name.hasPrefix("."), unsafe lstat(path, &status) == 0 else { continue }
            found.append((path, UInt64(max(0, status.st_size)), status.st_mtim.tv_sec))
        }
        var total = found.reduce(0) { $0 + $1.size }
        for file in found.sorted(by: { $0.time < $1.time }) where total > Self.capacity {
            _ = unsafe unlink(file.path)
            total -= file.size
        }
    }

    /// FNV-1a from two beginnings: 32 hexadecimal digits, the same in every process.
    private static func name(of key: String) -> String {
        func hash(_ start: UInt64) -> String {
            var hash = start
            for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            let digits = String(hash, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return hash(0xcbf2_9ce4_8422_2325) + hash(0x6c62_272e_07bb_0142)
    }
}
