internal import CFUSE
internal import DatasetVFS
internal import Glibc

extension Operations {
    static func addWriting(to table: inout fuse_lowlevel_ops) {
        unsafe table.write = { raw, _, bytes, count, offset, file in
            let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
            unsafe Operations.write(Request(raw), bytes, at: UInt64(clamping: offset), file)
        }
        unsafe table.flush = { raw, _, file in
            let handle = unsafe file?.pointee.fh ?? 0
            unsafe Operations.perform(Request(raw, .unlimited)) { calls, context throws(VFSError) in
                try calls.flush(handle, context)
            }
        }
        // Content and attributes reach a store together: fdatasync(2) has nothing to leave out.
        unsafe table.fsync = { raw, _, _, file in
            let handle = unsafe file?.pointee.fh ?? 0
            unsafe Operations.perform(Request(raw, .unlimited)) { calls, context throws(VFSError) in
                try calls.synchronize(handle, context)
            }
        }
        unsafe table.fsyncdir = { raw, inode, _, _ in
            unsafe Operations.perform(Request(raw, .unlimited)) { calls, context throws(VFSError) in
                try calls.synchronizeDirectory(Inode(inode), context)
            }
        }
    }

    private static func write(
        _ request: consuming Request,
        _ bytes: UnsafeRawBufferPointer,
        at offset: UInt64,
        _ file: UnsafeMutablePointer<fuse_file_info>?
    ) {
        do throws(VFSError) {
            guard let file = unsafe file?.pointee else { throw .badHandle }
            let count = try unsafe request.calls.write(
                file.fh,
                at: offset,
                bytes,
                appends: file.appends,
                request.context
            )
            request.reply(written: min(count, bytes.count))
        } catch {
            request.fail(error)
        }
    }
}

extension fuse_file_info {
    /// Whether a write belongs at the end of the file, whatever its offset says.
    ///
    /// The pieces of one O_DIRECT write come side by side, so that only their offsets keep them in order; and a page going
    /// home knows its place.
    var appends: Bool {
        flags & O_APPEND != 0 && flags & Self.direct == 0 && writepage == 0
    }

    /// O_DIRECT, which the C library's module does not show: asm-generic/fcntl.h, and other values on two architectures.
    private static var direct: Int32 {
        #if arch(arm64) || arch(arm)
            0o200000
        #else
            0o40000
        #endif
    }

    /// What the kernel is told about a file that was opened for it.
    mutating func show(_ file: OpenedFile) {
        fh = file.handle
        keep_cache = file.keepsCache ? 1 : 0
        direct_io = file.isDirect ? 1 : 0
    }
}
