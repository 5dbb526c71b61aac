internal import DatasetManifest
internal import DatasetVFS
internal import Glibc

/// Walks what is to be sent: parents before what is in them, names in the order of their bytes.
///
/// Links are followed, as the platform's own client does; one to a URL stays a link. What a mount would keep here by its
/// name (editors' scratch files, databases' journals) is left out as well.
struct LocalTree {
    private var rules: IgnoreStack
    private let ignoreFile: String
    private let names = NamePolicy()
    private(set) var items: [LocalItem] = []
    /// Device and inode of the directories on the way, against links that lead back.
    private var above: [[UInt64]] = []

    /// - Parameters:
    ///   - patterns: Stronger than any ignore file.
    ///   - ignoreFile: The name of the files with patterns, in any directory.
    init(_ source: String, patterns: [String], ignoreFile: String) throws(Failure) {
        rules = IgnoreStack(
            defaults: [IgnoreRules(patterns: NamePolicy.ignored, named: "default")],
            overriding: [IgnoreRules(patterns: patterns, named: "--ignore")]
        )
        self.ignoreFile = ignoreFile
        let item = Self.item([], source)
        if case .leftOut(.impossible(let why)) = item.kind { throw Failure(.failed, "cannot send \(source): \(why).") }
        items.append(item)
        if item.kind == .directory { try walk(item) }
    }

    private mutating func walk(_ directory: LocalItem) throws(Failure) {
        guard let status = LocalStatus.of(directory.location) else { throw unreadable(directory) }
        let identity = [UInt64(status.st_dev), UInt64(status.st_ino)]
        guard !above.contains(identity) else {
            items[items.count - 1].kind = .leftOut(.impossible("it is a link that leads back to a directory above it"))
            return
        }
        above.append(identity)
        defer { above.removeLast() }
        guard let entries = LocalDirectory.names(of: directory.location) else { throw unreadable(directory) }
        let isLink = LocalDirectory.isLink("\(directory.location)/\(ignoreFile)")
        if entries.names.contains(ignoreFile), !isLink,
            let text = LocalDirectory.bytes(of: "\(directory.location)/\(ignoreFile)", atMost: 16 << 20)
        {
            let shown = (directory.path + [ignoreFile]).joined(separator: "/")
            rules.add(IgnoreRules(parsing: text, named: shown, in: directory.relativePath))
        }
        for name in entries.unreadable {
            let item = LocalItem(
                path: directory.path + [name],
                location: directory.location,
                kind: .leftOut(.impossible("its name is no UTF-8"))
            )
            items.append(item)
        }
        for name in entries.names {
            let item = Self.item(directory.path + [name], "\(directory.location)/\(name)")
            items.append(judged(item, name))
            if items[items.count - 1].kind == .directory { try walk(item) }
        }
    }

    private func judged(_ item: LocalItem, _ name: String) -> LocalItem {
        var item = item
        if case .ignored(let rule) = rules.decision(for: item.relativePath, isDirectory: item.kind == .directory) {
            item.kind = .leftOut(.ignored(rule.text))
        } else if names.treatment(of: name, inLocalDirectory: false) == .local, !NamePolicy.ignored.contains(name) {
            item.kind = .leftOut(.ignored("scratch file"))
        }
        return item
    }

    private func unreadable(_ directory: LocalItem) -> Failure {
        Failure(.failed, "cannot read the directory \(directory.location): \(ErrorWords.text(errno)).")
    }

    private static func item(_ path: [String], _ location: String) -> LocalItem {
        var item = LocalItem(path: path, location: location, kind: .directory)
        if !path.isEmpty, let target = LocalDirectory.linkTarget(location), target.contains("://") {
            item.kind = .link(target: target)
            return item
        }
        guard let status = LocalStatus.of(location) else {
            item.kind = .leftOut(.impossible(ErrorWords.text(errno)))
            return item
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: break
        case S_IFREG: item.kind = .file(FileStamp(status))
        default: item.kind = .leftOut(.impossible("it is neither file nor directory"))
        }
        return item
    }
}

extension FileStamp {
    init(_ status: stat) {
        size = UInt64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        inode = UInt64(status.st_ino)
    }
}
