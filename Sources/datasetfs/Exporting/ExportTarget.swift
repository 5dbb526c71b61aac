internal import DatasetJournal
internal import Glibc

/// Bytes that are to be copied out.
protocol ExportSource {
    var size: UInt64 { get }
    /// Up to a whole buffer of bytes from `offset` on; none at the end.
    func bytes(at offset: UInt64, atMost count: Int) throws(Failure) -> [UInt8]
}

/// A file that is whole, on the disk and under its name, or not there.
struct ExportTarget {
    let path: String
    private let overwrites: Bool

    /// - Parameter destination: A new file, or a directory in which it is called `name`.
    init(_ destination: String, name: String, overwrites: Bool) throws(Failure) {
        var status = stat()
        let isThere = unsafe stat(destination, &status) == 0
        let isDirectory = isThere && status.st_mode & S_IFMT == S_IFDIR
        path = isDirectory ? (destination == "/" ? "" : destination) + "/" + name : destination
        self.overwrites = overwrites
        guard !overwrites, unsafe access(path, F_OK) == 0 else { return }
        throw Failure(.failed, "\(path) exists; --force overwrites it.")
    }

    func fill(from source: some ExportSource) throws(Failure) {
        let directory = Paths.absolute("..", from: path)
        let temporary = "\(path).part-\(getpid())"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("make", temporary) }
        do throws(Failure) {
            defer { close(descriptor) }
            try write(source, to: descriptor, temporary)
            guard fsync(descriptor) == 0 else { throw failure("write", temporary) }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        try name(temporary)
        let parent = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { return }
        fsync(parent)
        close(parent)
    }

    private func write(_ source: some ExportSource, to descriptor: Int32, _ path: String) throws(Failure) {
        var offset: UInt64 = 0
        while true {
            var rest = try source.bytes(at: offset, atMost: 1 << 20)[...]
            if rest.isEmpty { break }
            offset += UInt64(rest.count)
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw failure("write", path) }
                rest = rest.dropFirst(count)
            }
        }
        guard offset == source.size else {
            throw Failure(.failed, "only \(offset) of \(source.size) bytes could be read.")
        }
    }

    /// A link does not overwrite what came meanwhile; where there are no hard links it is looked for instead.
    private func name(_ temporary: String) throws(Failure) {
        if !overwrites {
            if unsafe link(temporary, path) == 0 {
                unsafe unlink(temporary)
                return
            }
            guard errno != EEXIST, unsafe access(path, F_OK) != 0 else {
                unsafe unlink(temporary)
                throw Failure(.failed, "\(path) exists; --force overwrites it.")
            }
        }
        guard unsafe rename(temporary, path) == 0 else {
            let reason = failure("make", path)
            unsafe unlink(temporary)
            throw reason
        }
    }

    private func failure(_ what: String, _ path: String) -> Failure {
        Failure(.failed, "cannot \(what) \(path): \(ErrorWords.text(errno)).")
    }
}
