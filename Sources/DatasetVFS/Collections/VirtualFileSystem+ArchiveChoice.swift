internal import DatasetCache
internal import DatasetModel
internal import Glibc

extension VirtualFileSystem {
    /// Forgets what an earlier mount that opened other archives than this one noted of them: what was a file is a directory now,
    /// or the other way round.
    func adoptArchives() {
        let path = cacheDirectory + "/archives"
        guard Self.text(at: path) != options.archives.rawValue else { return }
        // What cannot be forgotten is put right by the next listing.
        try? forgetOtherArchives(below: Inode.root.rawValue)
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { Glibc.close(descriptor) }
        let text = Array(options.archives.rawValue.utf8)
        _ = unsafe text.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    private func forgetOtherArchives(below directory: UInt64) throws(CacheError) {
        var last: UInt64 = 0
        var isChanged = false
        while true {
            let page = try catalog.facts.children(of: directory, after: last, limit: 1024)
            for fact in page {
                last = fact.inode
                if try isOther(fact) {
                    try catalog.facts.remove(fact.inode)
                    isChanged = true
                } else if fact.kind == .directory {
                    try forgetOtherArchives(below: fact.inode)
                }
            }
            guard page.count == 1024 else { break }
        }
        if isChanged { try catalog.facts.forgetListing(of: directory) }
    }

    /// The tree shows it otherwise than this mount does.
    private func isOther(_ fact: Fact) throws(CacheError) -> Bool {
        switch fact.kind {
        case .link: return false
        case .file:
            guard !fact.location.isInCollection, fact.name.lowercased().hasSuffix(".zip"),
                let node = try catalog.facts.node(fact.inode)
            else { return false }
            return options.archives.opens(node)
        case .directory:
            guard let address = CollectionAddress(fact.location), address.isTop else { return false }
            switch options.archives {
            case .never: return true
            case .collections: return try catalog.facts.node(fact.inode)?.attributes.isCollection != true
            case .all: return false
            }
        }
    }

    private static func text(at path: String) -> String? {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { Glibc.close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
