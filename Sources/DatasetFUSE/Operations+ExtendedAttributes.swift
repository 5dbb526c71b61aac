internal import CFUSE
internal import DatasetVFS
internal import Glibc

/// Only names in `user.` exist here. Any other is refused at once and never reaches the file system: after EOPNOTSUPP
/// `ls -l` stops asking for `security.*` and `system.*`, where ENODATA would cost two requests for each file.
extension Operations {
    static func addExtendedAttributes(to table: inout fuse_lowlevel_ops) {
        unsafe table.getxattr = { raw, inode, name, size in
            unsafe Operations.attribute(Request(raw), Inode(inode), name, room: size)
        }
        unsafe table.listxattr = { raw, inode, size in
            Operations.attributeNames(unsafe Request(raw), Inode(inode), room: size)
        }
        unsafe table.setxattr = { raw, inode, name, value, size, flags in
            let value = unsafe Array(UnsafeRawBufferPointer(start: value, count: size))
            let time = unsafe name.map { unsafe AnswerTime.ofSetting(attribute: String(cString: $0)) } ?? .limited
            unsafe Operations.setAttribute(Request(raw, time), Inode(inode), name, value, flags)
        }
        unsafe table.removexattr = { raw, inode, name in
            unsafe Operations.removeAttribute(Request(raw), Inode(inode), name)
        }
    }

    /// - Throws: EOPNOTSUPP outside `user.`, and for a name that is no UTF-8.
    private static func userName(_ name: UnsafePointer<CChar>?) throws(VFSError) -> String {
        guard let name = unsafe name, let text = unsafe String(validatingCString: name), text.hasPrefix("user.") else {
            throw .notSupported
        }
        return text
    }

    private static func attribute(
        _ request: consuming Request,
        _ inode: Inode,
        _ name: UnsafePointer<CChar>?,
        room: Int
    ) {
        do throws(VFSError) {
            let name = try unsafe userName(name)
            let value = try request.calls.attribute(name, of: inode, request.context)
            request.reply(attribute: value, room: room)
        } catch {
            request.fail(error)
        }
    }

    private static func attributeNames(_ request: consuming Request, _ inode: Inode, room: Int) {
        do throws(VFSError) {
            let names = try request.calls.attributeNames(of: inode, request.context)
            request.reply(attribute: names.flatMap { Array($0.utf8) + [0] }, room: room)
        } catch {
            request.fail(error)
        }
    }

    private static func setAttribute(
        _ request: consuming Request,
        _ inode: Inode,
        _ name: UnsafePointer<CChar>?,
        _ value: [UInt8],
        _ flags: Int32
    ) {
        do throws(VFSError) {
            let name = try unsafe userName(name)
            let calls = try request.calls
            let context = request.context
            if let rule = AttributeRule(flags: flags) {
                try rule.check(exists: exists(name, of: inode, in: calls, context))
            }
            try calls.setAttribute(name, to: value, of: inode, context)
            request.succeed()
        } catch {
            request.fail(error)
        }
    }

    private static func exists(
        _ name: String,
        of inode: Inode,
        in calls: any FileSystemCalls,
        _ context: CallContext
    ) throws(VFSError) -> Bool {
        do throws(VFSError) {
            _ = try calls.attribute(name, of: inode, context)
            return true
        } catch {
            guard error.errno == ENODATA else { throw error }
            return false
        }
    }

    private static func removeAttribute(_ request: consuming Request, _ inode: Inode, _ name: UnsafePointer<CChar>?) {
        do throws(VFSError) {
            let name = try unsafe userName(name)
            try request.calls.removeAttribute(name, of: inode, request.context)
            request.succeed()
        } catch {
            request.fail(error)
        }
    }
}
