internal import CFUSE
internal import DatasetVFS

/// Every call that would change something, while nothing can be changed: the file system says how it refuses.
///
/// They are answered although a read-only mount is refused by the kernel already: then the errno is the file system's,
/// and not the ENOSYS that libfuse answers for what is not implemented.
extension Operations {
    static func addRefusals(to table: inout fuse_lowlevel_ops) {
        addNameRefusals(to: &table)
        addContentRefusals(to: &table)
    }

    private static func addNameRefusals(to table: inout fuse_lowlevel_ops) {
        unsafe table.mknod = { raw, parent, _, _, _ in Operations.refuse(unsafe Request(raw), parent) }
        unsafe table.mkdir = { raw, parent, _, _ in Operations.refuse(unsafe Request(raw), parent) }
        unsafe table.unlink = { raw, parent, _ in Operations.refuse(unsafe Request(raw), parent) }
        unsafe table.rmdir = { raw, parent, _ in Operations.refuse(unsafe Request(raw), parent) }
        unsafe table.symlink = { raw, _, parent, _ in Operations.refuse(unsafe Request(raw), parent) }
        unsafe table.rename = { raw, parent, _, _, _, _ in Operations.refuse(unsafe Request(raw), parent) }
        unsafe table.link = { raw, _, parent, _ in Operations.refuse(unsafe Request(raw), parent) }
        unsafe table.create = { raw, parent, _, _, _ in Operations.refuse(unsafe Request(raw), parent) }
    }

    private static func addContentRefusals(to table: inout fuse_lowlevel_ops) {
        unsafe table.setattr = { raw, inode, _, _, _ in Operations.refuse(unsafe Request(raw), inode) }
        unsafe table.write = { raw, inode, _, _, _, _ in Operations.refuse(unsafe Request(raw), inode) }
        unsafe table.fallocate = { raw, inode, _, _, _, _ in Operations.refuse(unsafe Request(raw), inode) }
        unsafe table.copy_file_range = { raw, _, _, _, inode, _, _, _, _ in
            Operations.refuse(unsafe Request(raw), inode)
        }
    }

    private static func refuse(_ request: consuming Request, _ inode: fuse_ino_t) {
        do throws(VFSError) {
            let refusal = try request.calls.refuseChange(of: Inode(inode), request.context)
            request.fail(refusal)
        } catch {
            request.fail(error)
        }
    }
}
