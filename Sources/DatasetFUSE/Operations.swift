internal import CFUSE
internal import DatasetVFS

/// The table of callbacks, split by concern; each makes a ``Request``, calls, replies.
///
/// Not implemented on purpose: `access` (the kernel checks permissions itself), locks of all kinds (the kernel then keeps
/// them itself, between the processes of this machine), `ioctl`, `poll` and `bmap`.
///
/// Everything here is nonisolated: libfuse's workers call, and a closure written in an actor's context would trap there.
enum Operations {
    static func table() -> fuse_lowlevel_ops {
        var table = fuse_lowlevel_ops()
        addNegotiation(to: &table)
        addNames(to: &table)
        addAttributes(to: &table)
        addDirectories(to: &table)
        addFiles(to: &table)
        addExtendedAttributes(to: &table)
        addCreating(to: &table)
        addRenaming(to: &table)
        addWriting(to: &table)
        addRanges(to: &table)
        return table
    }

    private static func addNegotiation(to table: inout fuse_lowlevel_ops) {
        unsafe table.`init` = { userdata, connection in
            guard let connection = unsafe connection, let mount = unsafe Connection.behind(userdata) else { return }
            unsafe mount.limits.apply(to: &connection.pointee, maximumRead: mount.maximumRead)
        }
    }
}
