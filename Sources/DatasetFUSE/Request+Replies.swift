internal import CFUSE
internal import DatasetVFS
internal import Glibc

// Each reply is the libfuse function of the same name; see fuse_lowlevel.h.
extension Request {
    consuming func fail(_ error: VFSError) {
        // ENOSYS has another meaning here: the kernel would never ask such a question again.
        fail(error.errno == ENOSYS ? EOPNOTSUPP : error.errno)
    }

    /// - Parameter errno: 0 means success without a value.
    consuming func fail(_ errno: Int32) {
        unsafe answer { unsafe fuse_reply_err($0, errno) }
    }

    consuming func succeed() {
        fail(0)
    }

    consuming func reply(_ entry: Entry) -> Bool {
        var parameter = fuse_entry_param(entry)
        return unsafe answer { unsafe fuse_reply_entry($0, &parameter) }
    }

    /// Says that there is no such name, for a while.
    consuming func replyAbsent(for lifetime: Duration) {
        var parameter = fuse_entry_param()
        parameter.entry_timeout = lifetime.kernelSeconds
        unsafe answer { unsafe fuse_reply_entry($0, &parameter) }
    }

    consuming func reply(attributes entry: Entry) {
        var status = stat(entry.status)
        unsafe answer { unsafe fuse_reply_attr($0, &status, entry.lifetime.kernelSeconds) }
    }

    consuming func reply(linkTarget: String) {
        unsafe answer { unsafe fuse_reply_readlink($0, linkTarget) }
    }

    consuming func reply(opened file: fuse_file_info) -> Bool {
        var file = file
        return unsafe answer { unsafe fuse_reply_open($0, &file) }
    }

    /// The answer to CREATE.
    consuming func reply(_ entry: Entry, opened file: fuse_file_info) -> Bool {
        var parameter = fuse_entry_param(entry)
        var file = file
        return unsafe answer { unsafe fuse_reply_create($0, &parameter, &file) }
    }

    consuming func reply(written count: Int) {
        unsafe answer { unsafe fuse_reply_write($0, count) }
    }

    consuming func reply(offset: UInt64) {
        unsafe answer { unsafe fuse_reply_lseek($0, off_t(clamping: offset)) }
    }

    /// - Returns: False when nobody waits for it any more.
    @discardableResult
    consuming func reply(bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe answer { unsafe fuse_reply_buf($0, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count) }
    }

    /// The size protocol of `getxattr(2)` and `listxattr(2)`: no room asks for the length, too little is ERANGE.
    consuming func reply(attribute value: [UInt8], room: Int) {
        if room == 0 {
            unsafe answer { unsafe fuse_reply_xattr($0, value.count) }
        } else if value.count > room {
            fail(ERANGE)
        } else {
            unsafe answer { raw in
                unsafe value.withUnsafeBytes { value in
                    unsafe fuse_reply_buf(raw, value.baseAddress?.assumingMemoryBound(to: CChar.self), value.count)
                }
            }
        }
    }

    /// The end of a request to which the kernel expects no answer.
    consuming func replyNothing() {
        unsafe answer { raw in
            unsafe fuse_reply_none(raw)
            return 0
        }
    }

    consuming func reply(_ statistics: FileSystemStatistics) {
        var value = statvfs(statistics)
        unsafe answer { unsafe fuse_reply_statfs($0, &value) }
    }
}
