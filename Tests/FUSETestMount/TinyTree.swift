import DatasetModel
import DatasetVFS

/// What stands at one number of the tiny tree.
struct TinyNode: Sendable {
    enum Content: Sendable {
        case bytes([UInt8])
        /// Byte `n` is a function of `n`, as many as said.
        case pattern(UInt64)
        /// Reading waits until it is given up; in pages, the kernel's cache stands between.
        case blocked(inPages: Bool)
        /// What the file system counted, made anew by each open.
        case statistics
    }

    enum Kind: Sendable {
        case file(Content)
        case directory([(name: String, inode: Inode)])
        case link(String)
    }

    var kind: Kind
    var attributes: [String: [UInt8]] = [:]

    /// Whether reads come to us one by one, whatever the size says.
    var isDirect: Bool {
        switch kind {
        case .file(.blocked(inPages: false)), .file(.statistics): true
        case .file, .directory, .link: false
        }
    }

    var fileKind: FileKind {
        switch kind {
        case .file: .regular
        case .directory: .directory
        case .link: .symbolicLink
        }
    }

    var size: UInt64 {
        switch kind {
        case .file(.bytes(let bytes)): UInt64(bytes.count)
        case .file(.pattern(let size)): size
        case .file(.blocked): 1 << 30
        case .file(.statistics), .directory: 0
        case .link(let target): UInt64(target.utf8.count)
        }
    }
}

/// A fixed tree with one of everything, in memory.
struct TinyTree: Sendable {
    private(set) var nodes: [TinyNode] = []

    /// - Parameters:
    ///   - wide: Files in `wide/`.
    ///   - big: Bytes of `big.bin`.
    init(wide: Int, big: UInt64) {
        nodes = [
            TinyNode(kind: .directory([])), TinyNode(kind: .directory([])), TinyNode(kind: .directory([])),
            TinyNode(kind: .directory([])),
        ]
        let hello = add(.file(.bytes(Array("hello, world\n".utf8))), ["user.description": Array("a greeting".utf8)])
        let inner = add(.file(.bytes(Array("inner\n".utf8))))
        let wideFiles = (0..<wide).map { number in
            (name: "file-\(number).txt", inode: add(.file(.bytes(Array("\(number)\n".utf8)))))
        }
        nodes[2].kind = .directory([("inner.txt", inner)])
        nodes[3].kind = .directory(wideFiles)
        nodes[1].kind = .directory([
            ("hello.txt", hello),
            ("big.bin", add(.file(.pattern(big)))),
            ("blocked", add(.file(.blocked(inPages: false)))),
            ("blocked-pages", add(.file(.blocked(inPages: true)))),
            ("statistics", add(.file(.statistics))),
            ("link", add(.link("hello.txt"))),
            ("Grüße 世界.txt", add(.file(.bytes([])))),
            ("dir", Inode(2)),
            ("wide", Inode(3)),
        ])
    }

    private mutating func add(_ kind: TinyNode.Kind, _ attributes: [String: [UInt8]] = [:]) -> Inode {
        nodes.append(TinyNode(kind: kind, attributes: attributes))
        return Inode(UInt64(nodes.count - 1))
    }

    func node(_ inode: Inode) throws(VFSError) -> TinyNode {
        guard inode.rawValue > 0, inode.rawValue < UInt64(nodes.count) else { throw .stale }
        return nodes[Int(inode.rawValue)]
    }

    func entry(_ inode: Inode) throws(VFSError) -> Entry {
        let node = try node(inode)
        let time = Timestamp(nanoseconds: 1_700_000_000_123_456_789)
        let status = FileStatus(
            inode: inode,
            kind: node.fileKind,
            size: node.size,
            permissions: node.fileKind == .directory ? 0o755 : 0o644,
            links: node.fileKind == .directory ? 2 : 1,
            owner: 0,
            group: 0,
            accessed: time,
            modified: time,
            changed: time
        )
        return Entry(status: status, lifetime: .seconds(3600))
    }

    /// The bytes with which a pattern file begins over and over; each page differs from the 255 before it.
    static let period: [UInt8] = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ ($0 >> 12)) }
}
