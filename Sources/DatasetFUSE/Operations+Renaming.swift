internal import CFUSE
internal import DatasetVFS

/// What takes names away or moves them.
extension Operations {
    static func addRenaming(to table: inout fuse_lowlevel_ops) {
        unsafe table.unlink = { raw, parent, name in
            unsafe Operations.perform(Request(raw)) { calls, context throws(VFSError) in
                try calls.unlink(unsafe String(kernelName: name), in: Inode(parent), context)
            }
        }
        unsafe table.rmdir = { raw, parent, name in
            unsafe Operations.perform(Request(raw)) { calls, context throws(VFSError) in
                try calls.removeDirectory(unsafe String(kernelName: name), in: Inode(parent), context)
            }
        }
        unsafe table.rename = { raw, parent, name, newParent, newName, flags in
            unsafe Operations.perform(Request(raw)) { calls, context throws(VFSError) in
                try calls.rename(
                    unsafe String(kernelName: name),
                    in: Inode(parent),
                    to: unsafe String(newKernelName: newName),
                    in: Inode(newParent),
                    RenameRule(flags: flags),
                    context
                )
            }
        }
    }

    /// Answers what has no value: done, or why not.
    static func perform(
        _ request: consuming Request,
        _ body: (any FileSystemCalls, CallContext) throws(VFSError) -> Void
    ) {
        do throws(VFSError) {
            try body(request.calls, request.context)
            request.succeed()
        } catch {
            request.fail(error)
        }
    }
}
