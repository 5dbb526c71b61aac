import DatasetFUSE
import DatasetSync
import DatasetVFS
import Glibc

/// How a test makes calls fail and wait, and sees which were made, by extended attributes:
///
/// `user.fail` “CALL ERRNO” on a file makes its `write`, `flush` or `fsync` fail; `user.hold` “CALL NAME,…” on the root
/// makes those calls of those files (`mkdir` of the directory's name) wait until the attribute is taken away or the caller
/// gives up: the kernel keeps other changes away from a file that is being synchronised, its attributes too; `user.plant`
/// on a directory makes a file of that name without telling the kernel; `user.log`, `user.held` and `user.report` of any file
/// are read: calls so far (setting it empties it), what waits just now, and the counters.
extension MemoryFileSystem {
    /// - Throws: The errno that was asked for.
    func check(_ call: String, _ handle: UInt64) throws(VFSError) {
        let rule = try state.withLock { state throws(VFSError) in
            try state.tree.node(state.handle(handle).inode).attributes["user.fail"] ?? []
        }
        let words = String(decoding: rule, as: UTF8.self).split(separator: " ")
        if words.count == 2, words[0] == call, let errno = Int32(words[1]) { throw VFSError(errno: errno) }
    }

    /// Waits while the root's `user.hold` names the call and the inode.
    ///
    /// - Throws: EINTR, ETIMEDOUT.
    func hold(_ call: String, _ inode: Inode, _ context: CallContext) throws(VFSError) {
        func isHeld(_ state: State) -> Bool {
            guard let rule = try? state.tree.node(.root).attributes["user.hold"],
                let name = try? state.tree.node(inode).name
            else { return false }
            return String(decoding: rule, as: UTF8.self).split(separator: ",").contains("\(call) \(name)")
        }
        guard state.withLock({ isHeld($0) }) else { return }
        state.withLock { $0.held[call, default: 0] += 1 }
        let isFree = state.wait(until: context.cancellation) { isHeld($0) ? nil : true }
        state.withLock { $0.held[call, default: 1] -= 1 }
        guard isFree == nil else { return }
        throw VFSError(errno: context.cancellation.reason == .deadline ? ETIMEDOUT : EINTR)
    }

    func attribute(_ name: String, of inode: Inode, _ context: CallContext) throws(VFSError) -> [UInt8] {
        try state.withLock { state throws(VFSError) in
            switch name {
            case "user.log": return Array(state.record.suffix(300).joined(separator: "\n").utf8)
            case "user.report": return Array(Self.report(state).utf8)
            case "user.held":
                let held = state.held.filter { $0.value > 0 }.map { "\($0.key) \($0.value)" }
                return Array(held.sorted().joined(separator: " ").utf8)
            default: break
            }
            guard let value = try state.tree.node(inode).attributes[name] else { throw .noData }
            return value
        }
    }

    func attributeNames(of inode: Inode, _ context: CallContext) throws(VFSError) -> [String] {
        try state.withLock { state throws(VFSError) in try state.tree.node(inode).attributes.keys.sorted() }
    }

    func setAttribute(
        _ name: String,
        to value: [UInt8],
        of inode: Inode,
        _ context: CallContext
    ) throws(VFSError) {
        if name == "user.datasetfs.sync" { try hold("sync", inode, context) }
        try state.update { state throws(VFSError) in
            switch name {
            case "user.log": state.record = []
            case "user.plant":
                let name = String(decoding: value, as: UTF8.self)
                let planted = try state.tree.add(name, in: inode, .regular, 0o644, context)
                try state.tree.update(planted) { $0.content.write(Array("planted\n".utf8), at: 0) }
            default: try state.tree.update(inode) { $0.attributes[name] = value }
            }
        }
    }

    func removeAttribute(_ name: String, of inode: Inode, _ context: CallContext) throws(VFSError) {
        let known: [UInt8]? = try state.update { state throws(VFSError) in
            try state.tree.update(inode) { $0.attributes.removeValue(forKey: name) }
        }
        guard known != nil else { throw .noData }
    }
}
