import DatasetJournal
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc

@testable import DatasetVFS

/// What programs do that write, as the calls that a kernel makes of it.
extension Mounted {
    /// The directory of a path, and the name in it.
    func place(_ path: String) throws(VFSError) -> (parent: Inode, name: String) {
        let parts = path.split(separator: "/")
        return (try inode(parts.dropLast().joined(separator: "/")), String(parts.last ?? ""))
    }

    /// open(2) with O_CREAT: what is there is opened, what is not is made.
    func open(_ path: String, _ flags: Int32, permissions: UInt32 = 0o666) throws(VFSError) -> UInt64 {
        var tries = 0
        while true {
            do throws(VFSError) {
                guard let entry = try lookup(path) else {
                    guard flags & O_CREAT != 0 else { throw .notFound }
                    let (parent, name) = try place(path)
                    return try vfs.create(name, in: parent, permissions: permissions, flags: flags, context()).file
                        .handle
                }
                return try vfs.open(entry.status.inode, flags: flags, context()).handle
            } catch {
                tries += 1
                // The kernel looks the name up anew.
                guard error.errno == ESTALE || error.errno == EEXIST, tries < 3 else { throw error }
            }
        }
    }

    func write(_ handle: UInt64, _ bytes: [UInt8], at offset: UInt64 = 0, appends: Bool = false) throws(VFSError) {
        let outcome: Result<Int, VFSError> = unsafe bytes.withUnsafeBytes { buffer in
            do throws(VFSError) {
                return .success(try unsafe vfs.write(handle, at: offset, buffer, appends: appends, context()))
            } catch {
                return .failure(error)
            }
        }
        guard try outcome.get() == bytes.count else { throw VFSError(errno: EIO) }
    }

    func write(_ handle: UInt64, _ text: String, at offset: UInt64 = 0) throws(VFSError) {
        try write(handle, Array(text.utf8), at: offset)
    }

    func append(_ handle: UInt64, _ text: String) throws(VFSError) {
        try write(handle, Array(text.utf8), appends: true)
    }

    func flush(_ handle: UInt64) throws(VFSError) { try vfs.flush(handle, context()) }

    func fsync(_ handle: UInt64) throws(VFSError) { try vfs.synchronize(handle, context()) }

    /// close(2): flush, whose answer the program gets, and release.
    func close(_ handle: UInt64) throws(VFSError) {
        defer { vfs.release(handle) }
        try flush(handle)
    }

    /// Writes a whole file as `cp` does: O_CREAT | O_TRUNC, write, close.
    func put(_ path: String, _ bytes: [UInt8]) throws(VFSError) {
        let handle = try open(path, O_WRONLY | O_CREAT | O_TRUNC)
        do throws(VFSError) {
            if !bytes.isEmpty { try write(handle, bytes) }
        } catch {
            vfs.release(handle)
            throw error
        }
        try close(handle)
    }

    func put(_ path: String, _ text: String) throws(VFSError) { try put(path, Array(text.utf8)) }

    /// Changes a part of a file.
    func patch(_ path: String, _ text: String, at offset: UInt64) throws(VFSError) {
        let handle = try open(path, O_WRONLY)
        do throws(VFSError) {
            try write(handle, text, at: offset)
        } catch {
            vfs.release(handle)
            throw error
        }
        try close(handle)
    }

    func mkdir(_ path: String) throws(VFSError) {
        let (parent, name) = try place(path)
        _ = try vfs.makeDirectory(name, in: parent, permissions: 0o777, context())
    }

    func symlink(_ target: String, _ path: String) throws(VFSError) {
        let (parent, name) = try place(path)
        _ = try vfs.makeLink(name, to: target, in: parent, context())
    }

    func unlink(_ path: String) throws(VFSError) {
        let (parent, name) = try place(path)
        try vfs.unlink(name, in: parent, context())
    }

    func rmdir(_ path: String) throws(VFSError) {
        let (parent, name) = try place(path)
        try vfs.removeDirectory(name, in: parent, context())
    }

    func rename(_ path: String, _ target: String, _ rule: RenameRule = .replaces) throws(VFSError) {
        let (parent, name) = try place(path)
        let (newParent, newName) = try place(target)
        try vfs.rename(name, in: parent, to: newName, in: newParent, rule, context())
    }

    @discardableResult
    func change(_ path: String, handle: UInt64? = nil, _ body: (inout StatusChange) -> Void) throws(VFSError) -> Entry {
        var change = StatusChange()
        body(&change)
        return try vfs.change(change, of: try inode(path), handle: handle, context())
    }

    /// Waits until nothing is left to publish that could be.
    func drain(within limit: Duration = .seconds(30)) throws(VFSError) {
        let left = try vfs.drain(.root, until: Cancellation(deadline: .after(limit)))
        guard left.isEmpty else {
            let lines = left.map { change in
                "\(change.name): \(vfs.writing?.publisher.entry(of: change.id).map { "\($0.phase)" } ?? "not queued"), "
                    + (change.failure?.message ?? "no failure")
            }
            throw VFSError(errno: EBUSY, cause: StoreError(.localFailure, lines.joined(separator: "; ")))
        }
    }

    func state(_ path: String) throws(VFSError) -> String { try attribute("user.datasetfs.state", of: path) }

    /// The number of the first row of the queue.
    func numberInQueue() throws -> Int64 {
        guard let line = vfs.queue.first else { throw VFSError.notFound }
        return line.id
    }

    /// Rows of `.datasetfs/queue`, one per line.
    func queue() throws(VFSError) -> [String] {
        try text(".datasetfs/queue").split(separator: "\n").map(String.init)
    }
}
