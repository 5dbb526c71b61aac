internal import CFUSE
internal import DatasetVFS

extension Operations {
    static func addAttributes(to table: inout fuse_lowlevel_ops) {
        unsafe table.getattr = { raw, inode, file in
            Operations.status(unsafe Request(raw), Inode(inode), handle: unsafe file?.pointee.fh)
        }
        unsafe table.readlink = { raw, inode in
            Operations.linkTarget(unsafe Request(raw), Inode(inode))
        }
        unsafe table.statfs = { raw, _ in
            Operations.statistics(unsafe Request(raw, isInterruptible: false))
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
