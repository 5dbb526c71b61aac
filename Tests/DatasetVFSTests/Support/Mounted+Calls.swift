import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc

@testable import DatasetVFS

/// What programs do, as the calls that a kernel makes of it.
extension Mounted {
    /// Walks a path from the top; nil when a name on it is absent.
    func lookup(_ path: String) throws(VFSError) -> Entry? {
        var entry = try vfs.status(of: .root, handle: nil, context())
        for name in path.split(separator: "/") {
            switch try vfs.lookup(String(name), in: entry.status.inode, context()) {
            case .found(let found): entry = found
            case .absent: return nil
            }
        }
        return entry
    }

    func entry(_ path: String) throws(VFSError) -> Entry {
        guard let entry = try lookup(path) else { throw .notFound }
        return entry
    }

    func inode(_ path: String) throws(VFSError) -> Inode { try entry(path).status.inode }

    /// Names in directory order, without `.` and `..`.
    func list(_ path: String = "") throws(VFSError) -> [String] {
        try items(path).map(\.name)
    }

    func items(_ path: String = "") throws(VFSError) -> [DirectoryItem] {
        let handle = try vfs.openDirectory(try inode(path), context())
        defer { vfs.releaseDirectory(handle) }
        return try items(handle: handle, from: 0).filter { $0.name != "." && $0.name != ".." }
    }

    func items(handle: UInt64, from offset: UInt64, limit: Int = .max) throws(VFSError) -> [DirectoryItem] {
        var items: [DirectoryItem] = []
        try vfs.readDirectory(handle, from: offset, context()) { item in
            guard items.count < limit else { return false }
            items.append(item)
            return true
        }
        return items
    }

    func open(_ path: String) throws(VFSError) -> UInt64 {
        try opened(path).file.handle
    }

    /// As the kernel does it: an open answered ESTALE is tried once more after a fresh look at the name.
    func opened(_ path: String) throws(VFSError) -> (inode: Inode, file: OpenedFile) {
        let inode = try inode(path)
        do throws(VFSError) {
            return (inode, try vfs.open(inode, flags: O_RDONLY, context()))
        } catch {
            guard error.errno == ESTALE else { throw error }
            let inode = try self.inode(path)
            return (inode, try vfs.open(inode, flags: O_RDONLY, context()))
        }
    }

    func read(_ handle: UInt64, at offset: UInt64 = 0, _ count: Int = 1 << 20) throws(VFSError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xEE, count: count)
        let outcome: Result<Int, VFSError> = unsafe bytes.withUnsafeMutableBytes { buffer in
            do throws(VFSError) {
                return .success(try unsafe vfs.read(handle, at: offset, into: buffer, context()))
            } catch {
                return .failure(error)
            }
        }
        return Array(bytes.prefix(try outcome.get()))
    }

    /// Opens, reads from beginning to end in pieces, closes.
    func contents(_ path: String, piece: Int = 128 << 10) throws(VFSError) -> [UInt8] {
        let handle = try open(path)
        defer { vfs.release(handle) }
        var bytes: [UInt8] = []
        while true {
            let part = try read(handle, at: UInt64(bytes.count), piece)
            if part.isEmpty { return bytes }
            bytes += part
        }
    }

    func text(_ path: String) throws(VFSError) -> String {
        String(decoding: try contents(path), as: UTF8.self)
    }

    func attribute(_ name: String, of path: String) throws(VFSError) -> String {
        String(decoding: try vfs.attribute(name, of: try inode(path), context()), as: UTF8.self)
    }

    func set(_ name: String, of path: String, to value: String = "1") throws(VFSError) {
        try vfs.setAttribute(name, to: Array(value.utf8), of: try inode(path), context())
    }
}
