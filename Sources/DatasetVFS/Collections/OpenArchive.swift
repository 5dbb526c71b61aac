internal import DatasetArchive
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

/// One version of one collection, its directory read: what is in it, and the way to each member's bytes.
///
/// The archive's bytes come from the cache that all contents share. There the directory's bytes lie for the next mount as well, and
/// what was fetched for one member serves its neighbours.
final class OpenArchive: Sendable {
    struct Means: Sendable {
        /// Contents of the store below: the archives as the files they are.
        let table: ContentTable
        let prefetchers: WorkerPool
        /// How long a piece that is fetched ahead may take.
        let limit: Duration
        let checkpoints: CheckpointFiles?
    }

    /// The archive as the store tells it; its version and size are known.
    let node: Node
    let version: Version
    let content: Content
    let directory: ArchiveDirectory
    let tree: ArchiveTree
    private let means: Means
    /// Read in the order of the archive's members.
    let walk: ArchiveBytes
    private let steps = Mutex(ReadAhead(piece: 2 << 20))
    private let readers = Mutex<[(index: Int, reader: MemberReader)]>([])
    private let links = Mutex<[Int: String]>([:])

    /// Readers hold streams that are under way: 32 KiB of window each, of rare methods far more.
    private static let readersKept = 8

    /// Reads the archive's directory: two or three ranges of its end.
    @available(*, noasync, message: "this may wait for the network")
    init(_ node: Node, size: UInt64, version: Version, _ means: Means, until cancellation: Cancellation)
        throws(ArchiveError)
    {
        let content = means.table.acquire(node, size: size, version: version)
        let source = ArchiveBytes(content, until: 0, prefetchers: means.prefetchers, limit: means.limit)
        do throws(ArchiveError) {
            let directory = try ArchiveDirectory(reading: source, until: cancellation)
            tree = try ArchiveTree(directory)
            self.directory = directory
        } catch {
            means.table.release(content)
            throw error
        }
        self.node = node
        self.version = version
        self.content = content
        self.means = means
        walk = ArchiveBytes(content, until: size, prefetchers: means.prefetchers, limit: means.limit)
    }

    deinit { means.table.release(content) }

    /// What it weighs in memory, in members.
    var weight: Int { directory.members.count + tree.nodes.count }

    func reader(_ index: Int) -> MemberReader {
        readers.withLock { readers in
            if let place = readers.firstIndex(where: { $0.index == index }) {
                let known = readers.remove(at: place)
                readers.append(known)
                return known.reader
            }
            let made = makeReader(index)
            readers.append((index, made))
            if readers.count > Self.readersKept { readers.removeFirst() }
            return made
        }
    }

    private func makeReader(_ index: Int) -> MemberReader {
        let member = directory.members[index]
        // Header, name and extra field lie before the data.
        let reach = member.headerOffset &+ member.compressedSize &+ 65_536
        let source = ArchiveBytes(
            content,
            until: min(member.dataLimit, reach),
            prefetchers: means.prefetchers,
            limit: means.limit
        )
        guard member.method != .stored, member.size > CheckpointFiles.smallest, let files = means.checkpoints else {
            return MemberReader(member, in: source)
        }
        let key = "\(means.table.key(of: node.location, version))\n\(index)\n\(member.crc32)"
        return MemberReader(member, in: source, checkpoints: files.store(for: key))
    }

    /// Somebody begins to read a member: whoever takes one after the other finds the next ones there.
    func noteStep(_ member: ArchiveMember) {
        let end = min(member.dataLimit, member.headerOffset &+ member.compressedSize &+ 256)
        let range = ByteRange(offset: member.headerOffset, count: max(end, member.headerOffset) - member.headerOffset)
        if case .fetch(let pieces) = steps.withLock({ $0.advance(range, size: directory.directoryRange.offset) }) {
            walk.fetch(pieces)
        }
    }

    func knownTarget(_ index: Int) -> String? { links.withLock { $0[index] } }

    /// - Throws: `.forbidden` for a link that leads out of the archive.
    @available(*, noasync, message: "this may wait for the network")
    func target(_ index: Int, at place: Int, until cancellation: Cancellation) throws(StoreError) -> String {
        if let known = knownTarget(index) { return known }
        let target: String
        do throws(ArchiveError) {
            target = try reader(index).linkTarget(until: cancellation)
        } catch {
            throw StoreError(error, in: node.name)
        }
        guard tree.confine(target, of: place) else {
            throw StoreError(
                .forbidden,
                "“\(tree.path(of: place))” in “\(node.name)” is a link that leads out of the collection",
                remedy: "It is not followed; the archive itself lies below .datasetfs/raw."
            )
        }
        links.withLock { $0[index] = target }
        return target
    }
}
