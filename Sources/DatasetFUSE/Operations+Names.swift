internal import CFUSE
internal import DatasetVFS

extension Operations {
    static func addNames(to table: inout fuse_lowlevel_ops) {
        unsafe table.lookup = { raw, parent, name in
            unsafe Operations.lookup(Request(raw), Inode(parent), name)
        }
        unsafe table.forget = { raw, inode, count in
            Operations.forget(unsafe Request(raw, .atOnce), [(Inode(inode), count)])
        }
        unsafe table.forget_multi = { raw, count, items in
            let items = unsafe UnsafeBufferPointer(start: items, count: count)
            Operations.forget(
                unsafe Request(raw, .atOnce),
                unsafe items.map { (Inode($0.ino), $0.nlookup) }
            )
        }
    }

    private static func lookup(_ request: consuming Request, _ parent: Inode, _ name: UnsafePointer<CChar>?) {
        do throws(VFSError) {
            let calls = try request.calls
            switch try calls.lookup(unsafe String(kernelName: name), in: parent, request.context) {
            case .found(let entry):
                // An answer that nobody takes is never forgotten by the kernel.
                if !request.reply(entry) { calls.forget(entry.status.inode, count: 1) }
            case .absent(let lifetime):
                request.replyAbsent(for: lifetime)
            }
        } catch {
            request.fail(error)
        }
    }

    /// Has no answer: the kernel does not wait for it.
    private static func forget(_ request: consuming Request, _ items: [(inode: Inode, count: UInt64)]) {
        if let calls = try? request.calls {
            for item in items { calls.forget(item.inode, count: item.count) }
        }
        request.replyNothing()
    }
}
