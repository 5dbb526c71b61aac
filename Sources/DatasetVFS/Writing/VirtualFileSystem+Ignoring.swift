internal import DatasetCache
internal import DatasetManifest
internal import DatasetModel

extension VirtualFileSystem {
    /// Rules beyond that are not read: nobody writes so many by hand.
    private static let longestIgnoreFile: UInt64 = 1 << 20

    /// Reads the ignore files of a directory and of all above it, where they are not known as they are now.
    ///
    /// Called before anything is locked: a file may have to be fetched. One that cannot be read says what it said before.
    func learnIgnores(for directory: Fact, _ side: WriteSide, _ context: CallContext) throws(VFSError) {
        guard try catalog.local({ () throws(CacheError) in try catalog.facts.hasIgnoreFiles() }) else {
            return side.ignores.forgetAll()
        }
        for (above, path) in catalog.lineage(of: directory) {
            let file = try catalog.known(FactStore.ignoreFileName, in: above)
            guard let file, file.kind == .file, file.size ?? 0 <= Self.longestIgnoreFile else {
                side.ignores[above.inode] = nil
                continue
            }
            let known = side.ignores[above.inode]
            // A draft that is written just now has no version of its own yet.
            let isKnown = known?.version == file.version && known?.rules.directory == path
            if isKnown, openFiles[file.inode]?.draft == nil { continue }
            guard let text = try? text(of: file, context) else { continue }
            let rules = IgnoreRules(parsing: text, named: "/" + path + "/" + FactStore.ignoreFileName, in: path)
            side.ignores[above.inode] = TreeIgnores.File(version: file.version, rules: rules)
        }
    }

    /// The whole of a small file as its readers see it now.
    private func text(of file: Fact, _ context: CallContext) throws(VFSError) -> [UInt8] {
        let opened = try open(Inode(file.inode), flags: 0, context)
        defer { release(opened.handle) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while text.count <= Int(Self.longestIgnoreFile) {
            var span = buffer.mutableSpan
            let count = try unsafe span.withUnsafeMutableBytes { bytes throws(VFSError) in
                try unsafe read(opened.handle, at: UInt64(text.count), into: bytes, context)
            }
            guard count > 0 else { break }
            text += buffer[..<count]
        }
        return text
    }
}
