internal import CFUSE
internal import DatasetVFS

extension Operations {
    static func addDirectories(to table: inout fuse_lowlevel_ops) {
        unsafe table.opendir = { raw, inode, file in
            unsafe Operations.openDirectory(Request(raw), Inode(inode), file)
        }
        unsafe table.readdir = { raw, _, size, offset, file in
            Operations.list(unsafe Request(raw), size, UInt64(bitPattern: Int64(offset)), unsafe file?.pointee.fh)
        }
        unsafe table.readdirplus = { raw, _, size, offset, file in
            Operations.listPlus(unsafe Request(raw), size, UInt64(bitPattern: Int64(offset)), unsafe file?.pointee.fh)
        }
        unsafe table.releasedir = { raw, _, file in
            Operations.release(unsafe Request(raw, .atOnce), unsafe file?.pointee.fh)
        }
    }

    /// Does not let the kernel cache the listing: what it lists from its own cache it does not look up along the way, and
    /// once the names' lifetime is over a long listing would cost one lookup for each name.
    private static func openDirectory(
        _ request: consuming Request,
        _ inode: Inode,
        _ file: UnsafeMutablePointer<fuse_file_info>?
    ) {
        do throws(VFSError) {
            let calls = try request.calls
            let handle = try calls.openDirectory(inode, request.context)
            var answer = unsafe file?.pointee ?? fuse_file_info()
            answer.fh = handle
            if !request.reply(opened: answer) { calls.releaseDirectory(handle) }
        } catch {
            request.fail(error)
        }
    }

    private static func list(_ request: consuming Request, _ size: Int, _ offset: UInt64, _ handle: UInt64?) {
        do throws(VFSError) {
            var buffer = unsafe DirectoryBuffer(try request.buffer(size))
            try request.calls.readDirectory(handle ?? 0, from: offset, request.context) { buffer.add($0) }
            unsafe request.reply(bytes: buffer.bytes)
        } catch {
            request.fail(error)
        }
    }

    private static func listPlus(_ request: consuming Request, _ size: Int, _ offset: UInt64, _ handle: UInt64?) {
        var remembered: [Inode] = []
        do throws(VFSError) {
            let calls = try request.calls
            var buffer = unsafe DirectoryBuffer(try request.buffer(size))
            do throws(VFSError) {
                try calls.readDirectoryPlus(handle ?? 0, from: offset, request.context) { item, entry in
                    let fits = buffer.add(item, entry)
                    if fits, let entry { remembered.append(entry.status.inode) }
                    return fits
                }
            } catch {
                forget(remembered, calls)
                throw error
            }
            if unsafe !request.reply(bytes: buffer.bytes) { forget(remembered, calls) }
        } catch {
            request.fail(error)
        }
    }

    /// Takes back lookups that the kernel never heard of: its reader was killed, or the listing failed behind them.
    private static func forget(_ inodes: [Inode], _ calls: any FileSystemCalls) {
        for inode in inodes { calls.forget(inode, count: 1) }
    }

    private static func release(_ request: consuming Request, _ handle: UInt64?) {
        if let handle { (try? request.calls)?.releaseDirectory(handle) }
        request.succeed()
    }
}
