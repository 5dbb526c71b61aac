internal import CFUSE
internal import DatasetVFS
internal import Glibc

/// What makes something under a new name. The caller's umask is applied by the kernel.
extension Operations {
    static func addCreating(to table: inout fuse_lowlevel_ops) {
        unsafe table.create = { raw, parent, name, mode, file in
            unsafe Operations.create(Request(raw), Inode(parent), name, mode, file)
        }
        unsafe table.mknod = { raw, parent, name, mode, _ in
            unsafe Operations.make(Request(raw), name) { name, calls, context throws(VFSError) in
                // FIFOs, sockets and devices have no place at a store.
                guard mode & S_IFMT == S_IFREG || mode & S_IFMT == 0 else { throw VFSError(errno: EPERM) }
                return try calls.makeFile(name, in: Inode(parent), permissions: mode & 0o7777, context)
            }
        }
        unsafe table.mkdir = { raw, parent, name, mode in
            unsafe Operations.make(Request(raw), name) { name, calls, context throws(VFSError) in
                try calls.makeDirectory(name, in: Inode(parent), permissions: mode & 0o7777, context)
            }
        }
        unsafe table.symlink = { raw, target, parent, name in
            unsafe Operations.make(Request(raw), name) { name, calls, context throws(VFSError) in
                guard let target = unsafe target, let text = unsafe String(validatingCString: target) else {
                    throw VFSError(errno: EILSEQ)
                }
                return try calls.makeLink(name, to: text, in: Inode(parent), context)
            }
        }
        // A file has one name at a store.
        unsafe table.link = { raw, _, _, _ in
            unsafe Request(raw, .atOnce).fail(EPERM)
        }
    }

    private static func create(
        _ request: consuming Request,
        _ parent: Inode,
        _ name: UnsafePointer<CChar>?,
        _ mode: mode_t,
        _ file: UnsafeMutablePointer<fuse_file_info>?
    ) {
        var answer = unsafe file?.pointee ?? fuse_file_info()
        do throws(VFSError) {
            let calls = try request.calls
            let name = try unsafe String(newKernelName: name)
            let made = try calls.create(
                name,
                in: parent,
                permissions: mode & 0o7777,
                flags: answer.flags,
                request.context
            )
            answer.show(made.file)
            if !request.reply(made.entry, opened: answer) {
                calls.release(made.file.handle)
                calls.forget(made.entry.status.inode, count: 1)
            }
        } catch {
            // The kernel believed the name to be free. After ESTALE it asks again, and opens what is there.
            request.fail(error.errno == EEXIST && answer.flags & O_EXCL == 0 ? .stale : error)
        }
    }

    private static func make(
        _ request: consuming Request,
        _ name: UnsafePointer<CChar>?,
        _ body: (String, any FileSystemCalls, CallContext) throws(VFSError) -> Entry
    ) {
        do throws(VFSError) {
            let calls = try request.calls
            let entry = try body(unsafe String(newKernelName: name), calls, request.context)
            // An answer that nobody takes is never forgotten by the kernel.
            if !request.reply(entry) { calls.forget(entry.status.inode, count: 1) }
        } catch {
            request.fail(error)
        }
    }
}
