internal import CFUSE
internal import DatasetVFS

extension Operations {
    static func addAttributes(to table: inout fuse_lowlevel_ops) {
        unsafe table.getattr = { raw, inode, file in
            Operations.status(unsafe Request(raw), Inode(inode), handle: unsafe file?.pointee.fh)
        }
        unsafe table.setattr = { raw, inode, values, fields, file in
            let change = unsafe values.map { unsafe StatusChange($0.pointee, fields: fields) } ?? StatusChange()
            Operations.change(unsafe Request(raw), Inode(inode), change, handle: unsafe file?.pointee.fh)
        }
        unsafe table.readlink = { raw, inode in
            Operations.linkTarget(unsafe Request(raw), Inode(inode))
        }
        unsafe table.statfs = { raw, _ in
            Operations.statistics(unsafe Request(raw, .atOnce))
        }
    }

    private static func status(_ request: consuming Request, _ inode: Inode, handle: UInt64?) {
        do throws(VFSError) {
            let entry = try request.calls.status(of: inode, handle: handle, request.context)
            request.reply(attributes: entry)
        } catch {
            request.fail(error)
        }
    }

    private static func change(
        _ request: consuming Request,
        _ inode: Inode,
        _ change: StatusChange,
        handle: UInt64?
    ) {
        do throws(VFSError) {
            let entry = try request.calls.change(change, of: inode, handle: handle, request.context)
            request.reply(attributes: entry)
        } catch {
            request.fail(error)
        }
    }

    private static func linkTarget(_ request: consuming Request, _ inode: Inode) {
        do throws(VFSError) {
            let target = try request.calls.linkTarget(of: inode, request.context)
            request.reply(linkTarget: target)
        } catch {
            request.fail(error)
        }
    }

    private static func statistics(_ request: consuming Request) {
        do throws(VFSError) {
            let statistics = try request.calls.statistics()
            request.reply(statistics)
        } catch {
            request.fail(error)
        }
    }
}
