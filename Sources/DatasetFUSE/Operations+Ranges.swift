internal import CFUSE
internal import DatasetModel
internal import DatasetVFS
internal import Glibc

/// What concerns stretches of a file rather than its bytes.
extension Operations {
    /// Bytes of one copy_file_range(2): as much as comes from a slow store within a request's deadline. Callers ask again
    /// for the rest.
    static let copyLimit: UInt64 = 16 << 20

    static func addRanges(to table: inout fuse_lowlevel_ops) {
        unsafe table.fallocate = { raw, _, mode, offset, length, file in
            let handle = unsafe file?.pointee.fh ?? 0
            let range = ByteRange(offset: UInt64(clamping: offset), count: UInt64(clamping: length))
            unsafe Operations.perform(Request(raw)) { calls, context throws(VFSError) in
                try calls.allocate(handle, range, Allocation(mode: mode), context)
            }
        }
        unsafe table.lseek = { raw, _, offset, whence, file in
            Operations.seek(unsafe Request(raw), whence, UInt64(clamping: offset), unsafe file?.pointee.fh ?? 0)
        }
        unsafe table.copy_file_range = { raw, _, sourceOffset, source, _, targetOffset, target, count, flags in
            Operations.copy(
                unsafe Request(raw),
                from: (unsafe source?.pointee.fh ?? 0, UInt64(clamping: sourceOffset)),
                to: (unsafe target?.pointee.fh ?? 0, UInt64(clamping: targetOffset)),
                UInt64(count),
                flags
            )
        }
    }

    private static func seek(_ request: consuming Request, _ whence: Int32, _ offset: UInt64, _ handle: UInt64) {
        do throws(VFSError) {
            let target = try SeekTarget(whence: whence)
            let found = try request.calls.seek(handle, to: target, from: offset, request.context)
            request.reply(offset: found)
        } catch {
            request.fail(error)
        }
    }

    private static func copy(
        _ request: consuming Request,
        from source: (handle: UInt64, offset: UInt64),
        to target: (handle: UInt64, offset: UInt64),
        _ count: UInt64,
        _ flags: Int32
    ) {
        do throws(VFSError) {
            // No flags are defined (copy_file_range(2)).
            guard flags == 0 else { throw VFSError(errno: EINVAL) }
            let copied = try request.calls.copy(
                from: source.handle,
                at: source.offset,
                to: target.handle,
                at: target.offset,
                count: min(count, copyLimit),
                request.context
            )
            request.reply(written: Int(min(copied, count)))
        } catch {
            request.fail(error)
        }
    }
}
