internal import DatasetSync
internal import Glibc
internal import Synchronization

/// The cache's directory on the disk and the accounts of what is in it, shared by all open contents.
///
/// Lock order: neither lock is held while the other is taken, nor during any system call.
final class CacheDirectory: Sendable {
    /// A class, so that the weak reference stays at one place in memory while the dictionary moves its values.
    private final class WeakContent {
        weak var content: CachedContent?
        let id: ObjectIdentifier

        init(_ content: CachedContent) {
            self.content = content
            id = ObjectIdentifier(content)
        }
    }

    /// Where the contents lie; the last part names the layout.
    let path: String
    private let lock: OwnerLock
    let time: any TimeSource
    /// How fast the disk takes direct writes.
    let pace = Mutex(DiskPace())
    private let warnings: WarningLimiter
    private let eviction: Mutex<Eviction>
    private let live = Mutex<[ContentName: WeakContent]>([:])

    init(
        path: String,
        eviction: Eviction,
        time: any TimeSource,
        onWarning: @escaping @Sendable (String) -> Void
    ) throws(CacheError) {
        try Self.makeDirectories(path)
        let lockPath = "\(path)/owner.lock"
        do throws(OwnerLock.Failure) {
            lock = try OwnerLock(path: lockPath)
        } catch {
            throw CacheError(error, path: lockPath)
        }
        self.path = "\(path)/v1"
        try Self.makeDirectories(self.path)
        self.time = time
        warnings = WarningLimiter(time: time, forward: onWarning)
        var eviction = eviction
        for found in DirectoryScan.contents(of: self.path) {
            eviction.found(found.name, bytes: found.bytes, lastUse: found.lastUse)
        }
        self.eviction = Mutex(eviction)
        makeRoom(for: 0)
    }

    var usage: (bytes: UInt64, files: Int) { eviction.withLock { ($0.bytes, $0.count) } }

    func warn(_ message: String) {
        warnings.warn("block cache \(path): \(message)")
    }

    // MARK: - Open contents

    /// The content if somebody has it open.
    func openContent(_ name: ContentName) -> CachedContent? {
        live.withLock { $0[name]?.content }
    }

    /// Counts a content as open before its files are touched.
    ///
    /// - Returns: False when it is just being removed.
    func begin(_ name: ContentName) -> Bool {
        let wall = time.wallNanoseconds()
        return eviction.withLock { eviction in
            guard !eviction.isLeaving(name) else { return false }
            eviction.opened(name, at: wall)
            return true
        }
    }

    /// The files could not be opened after ``begin(_:)``.
    func abandon(_ name: ContentName) {
        eviction.withLock { $0.abandoned(name) }
    }

    func register(_ content: CachedContent, as name: ContentName, bytes: UInt64) {
        live.withLock { $0[name] = WeakContent(content) }
        eviction.withLock { $0.measured(name, bytes: bytes) }
    }

    /// The last reference to an open content is gone.
    ///
    /// - Parameter id: The content itself. To look at the weak reference instead could, if it is another's last one,
    ///   end that content under the lock.
    func close(_ name: ContentName, id: ObjectIdentifier, _ files: BlockFiles) {
        let wall = time.wallNanoseconds()
        files.map.setTimes(to: wall)
        let bytes = files.allocatedBytes
        live.withLock { live in
            if live[name]?.id == id { live[name] = nil }
        }
        eviction.withLock { $0.closed(name, bytes: bytes, at: wall) }
    }

    // MARK: - Room

    /// Makes room for bytes of an open content where that can be had.
    ///
    /// - Returns: False when they are not to be written.
    func admit(_ bytes: UInt64, of name: ContentName) -> Bool {
        let free = freeBytes()
        if eviction.withLock({ $0.admit(bytes, of: name, free: free) }) { return true }
        guard makeRoom(for: bytes) else { return false }
        let freed = freeBytes()
        return eviction.withLock { $0.admit(bytes, of: name, free: freed) }
    }

    /// Takes back what was admitted and not written.
    func release(_ bytes: UInt64, of name: ContentName) {
        eviction.withLock { $0.release(bytes, of: name) }
    }

    func measure(_ name: ContentName, _ files: BlockFiles) {
        let bytes = files.allocatedBytes
        eviction.withLock { $0.measured(name, bytes: bytes) }
    }

    /// Removes all versions of one thing; from those that are open, every block.
    func remove(place: UInt64) {
        for name in eviction.withLock({ $0.names(place: place) }) {
            if eviction.withLock({ $0.expel(name) }) {
                removeFiles(name, bytes: 0)
            } else if let content = openContent(name) {
                content.drop(blocks: 0..<content.blockCount)
            }
        }
    }

    /// - Returns: Whether anything was removed.
    @discardableResult
    private func makeRoom(for bytes: UInt64) -> Bool {
        let free = freeBytes()
        let victims = eviction.withLock { $0.victims(for: bytes, free: free) }
        for victim in victims { removeFiles(victim.name, bytes: victim.bytes) }
        return !victims.isEmpty
    }

    /// The map goes first: data without a map is recognised as rubbish by the next start.
    private func removeFiles(_ name: ContentName, bytes: UInt64) {
        let base = BlockFiles.base(of: name, in: path)
        for file in ["\(base).map", "\(base).data"] where unsafe unlink(file) != 0 {
            let code = errno
            guard code != ENOENT else { continue }
            warn("cannot remove \(file): \(systemMessage(code))")
            // Still there, so still counted; as good as just used, or it would be tried again for every block.
            let wall = time.wallNanoseconds()
            eviction.withLock { $0.found(name, bytes: bytes, lastUse: wall) }
            return
        }
        eviction.withLock { $0.gone(name) }
    }

    /// Bytes that an ordinary process may still write on this file system.
    private func freeBytes() -> UInt64 {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return .max }
        return UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
    }

    /// Makes a directory with those above it, for this user alone.
    private static func makeDirectories(_ path: String) throws(CacheError) {
        var position = path.startIndex
        while position != path.endIndex {
            position = path[path.index(after: position)...].firstIndex(of: "/") ?? path.endIndex
            let part = String(path[..<position])
            guard unsafe mkdir(part, 0o700) != 0 else { continue }
            let code = errno
            var status = stat()
            let isThere = unsafe stat(part, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            guard isThere else { throw CacheError(systemCall: "mkdir", errno: code, path: part) }
        }
    }
}
