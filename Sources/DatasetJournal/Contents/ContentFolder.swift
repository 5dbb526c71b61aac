internal import Glibc
internal import Synchronization

/// The directory of the contents that are too large for the database, one file for each, named by its number.
final class ContentFolder: Sendable {
    /// So many files stay open for reading.
    private static let openLimit = 64

    fileprivate struct OpenFiles {
        var files: [ContentID: OpenFile] = [:]
        /// The longest unused first.
        var order: [ContentID] = []
    }

    let path: String
    private let openFiles = Mutex(OpenFiles())

    init(path: String) throws(JournalError) {
        self.path = path
        guard unsafe mkdir(path, 0o700) != 0 else {
            synchronizeParent(of: path)
            return
        }
        let code = errno
        guard code == EEXIST else { throw JournalError(SystemFailure(call: "mkdir", code: code), path: path) }
    }

    func path(of id: ContentID) -> String { "\(path)/\(id.rawValue)" }

    /// The file of a content for reading, kept open with a few others.
    func file(of id: ContentID) throws(SystemFailure) -> OpenFile {
        if let file = openFiles.withLock({ $0.use(id) }) { return file }
        let file = try OpenFile(path(of: id), for: .reading)
        // What is pushed out is closed outside the lock.
        _ = openFiles.withLock { $0.add(file, as: id, limit: Self.openLimit) }
        return file
    }

    /// Removes a file; whoever reads it just now still can.
    func remove(_ id: ContentID) {
        _ = openFiles.withLock { $0.forget(id) }
        _ = unsafe unlink(path(of: id))
    }

    /// The number of bytes of each file, those aside whose names are no numbers.
    func sizes() throws(JournalError) -> [ContentID: UInt64] {
        guard let stream = unsafe opendir(path) else {
            throw JournalError(SystemFailure(call: "opendir", code: errno), path: path)
        }
        defer { unsafe closedir(stream) }
        var result: [ContentID: UInt64] = [:]
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            guard let number = Int64(name) else { continue }
            let id = ContentID(rawValue: number)
            var status = stat()
            guard unsafe lstat(path(of: id), &status) == 0 else { continue }
            // Only a plain file counts; anything else is as good as missing.
            let isPlain = status.st_mode & S_IFMT == S_IFREG
            result[id] = isPlain ? UInt64(clamping: status.st_size) : .max
        }
        return result
    }
}

/// Brings the name of a new directory to the disk; a disk that cannot says so at the first commit.
func synchronizeParent(of path: String) {
    let descriptor = unsafe open(path + "/..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
}

extension ContentFolder.OpenFiles {
    fileprivate mutating func use(_ id: ContentID) -> OpenFile? {
        guard let file = files[id] else { return nil }
        touch(id)
        return file
    }

    fileprivate mutating func add(_ file: OpenFile, as id: ContentID, limit: Int) -> OpenFile? {
        let known = files.updateValue(file, forKey: id)
        touch(id)
        return order.count > limit ? files.removeValue(forKey: order.removeFirst()) : known
    }

    fileprivate mutating func forget(_ id: ContentID) -> OpenFile? {
        order.removeAll { $0 == id }
        return files.removeValue(forKey: id)
    }

    private mutating func touch(_ id: ContentID) {
        guard order.last != id else { return }
        order.removeAll { $0 == id }
        order.append(id)
    }
}
