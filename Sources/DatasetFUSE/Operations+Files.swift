internal import CFUSE
internal import DatasetVFS
internal import Glibc

extension Operations {
    static func addFiles(to table: inout fuse_lowlevel_ops) {
        unsafe table.open = { raw, inode, file in
            unsafe Operations.open(Request(raw), Inode(inode), file)
        }
        unsafe table.read = { raw, _, size, offset, file in
            Operations.read(unsafe Request(raw), size, UInt64(clamping: offset), unsafe file?.pointee.fh)
        }
        unsafe table.release = { raw, _, file in
            Operations.release(unsafe Request(raw, .atOnce), unsafe file?.pointee.fh)
        }
    }

    private static func open(
        _ request: consuming Request,
        _ inode: Inode,
        _ file: UnsafeMutablePointer<fuse_file_info>?
    ) {
        do throws(VFSError) {
            var answer = unsafe file?.pointee ?? fuse_file_info()
            let calls = try request.calls
            let opened = try calls.open(inode, flags: answer.flags, request.context)
            answer.show(opened)
            // Closing a file that was only read tells us nothing: it is spared the FLUSH.
            answer.noflush = answer.flags & (O_ACCMODE | O_TRUNC) == O_RDONLY ? 1 : 0
            if !request.reply(opened: answer) { calls.release(opened.handle) }
        } catch {
            request.fail(error)
        }
    }

    private static func read(_ request: consuming Request, _ size: Int, _ offset: UInt64, _ handle: UInt64?) {
        do throws(VFSError) {
            let buffer = try unsafe request.buffer(size)
            let count = try unsafe request.calls.read(handle ?? 0, at: offset, into: buffer, request.context)
            unsafe request.reply(bytes: UnsafeRawBufferPointer(rebasing: buffer[..<min(count, size)]))
        } catch {
            request.fail(error)
        }
    }

    private static func release(_ request: consuming Request, _ handle: UInt64?) {
        if let handle { (try? request.calls)?.release(handle) }
        request.succeed()
    }
}
