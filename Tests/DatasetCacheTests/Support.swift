import DatasetModel
import DatasetTestSupport
import Glibc
import Synchronization

@testable import DatasetCache

/// Collects what a cache warns of.
final class Warnings: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    func add(_ text: String) { texts.withLock { $0.append(text) } }
}

/// Raised once, seen by every thread.
final class Flag: Sendable {
    private let state = Mutex(false)

    var isRaised: Bool { state.withLock { $0 } }

    func raise() { state.withLock { $0 = true } }
}

/// A file of a listing, or of an answer about itself.
func file(
    _ name: String,
    at location: String? = nil,
    size: UInt64? = 1,
    version: String? = "1",
    modified: Int64? = 10,
    attributes: Attributes = Attributes()
) -> NamedNode {
    let node = Node(
        location: Location(location ?? name),
        name: name,
        kind: .file,
        size: size,
        version: version.map { Version($0) },
        modified: modified.map(Timestamp.init(nanoseconds:)),
        attributes: attributes
    )
    return NamedNode(name: name, node: node)
}

func directory(_ name: String, at location: String? = nil) -> NamedNode {
    NamedNode(name: name, node: Node(location: Location(location ?? name), name: name, kind: .directory))
}

/// The bytes of a block that nothing else in a test equals.
func block(_ number: Int, length: Int, of content: Int = 0) -> [UInt8] {
    var generator = SeededGenerator(seed: UInt64(number) << 20 | UInt64(content))
    let words = (0..<(length / 8 + 1)).map { _ in generator.next() }
    return unsafe words.withUnsafeBytes { unsafe Array($0.prefix(length)) }
}

extension CachedContent {
    func put(_ number: Int, _ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { unsafe put(block: number, $0) }
    }

    /// The runs of blocks that are there.
    func present(in blocks: Range<Int>) -> [Range<Int>] { map.withLock { $0.presentRuns(in: blocks) } }

    /// The bytes, or nil for a miss.
    func bytes(at offset: UInt64, count: Int) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0xEE, count: count)
        let isThere = unsafe buffer.withUnsafeMutableBytes { unsafe read(at: offset, into: $0) }
        return isThere ? buffer : nil
    }
}

func key(_ location: String, version: String = "1") -> ContentKey {
    ContentKey(identity: "test", location: Location(location), version: Version(version))
}

/// The files of a content below a cache's directory.
func paths(of key: ContentKey, in directory: String) -> (data: String, map: String) {
    let base = BlockFiles.base(of: ContentName(key), in: "\(directory)/v1")
    return ("\(base).data", "\(base).map")
}

func contents(of path: String) throws -> [UInt8] {
    let descriptor = try Descriptor(creating: path)
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    _ = try descriptor.read(at: 0, into: &bytes)
    return bytes
}

func overwrite(_ path: String, with bytes: [UInt8]) throws {
    let descriptor = try Descriptor(creating: path)
    try descriptor.truncate(to: 0)
    try descriptor.write(bytes, at: 0)
}

/// Turns one bit of a file over.
func flipBit(in path: String, at offset: Int) throws {
    var bytes = try contents(of: path)
    bytes[offset] ^= 0x10
    try overwrite(path, with: bytes)
}

func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
