import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Synchronization

@testable import DatasetJournal

/// Collects what a journal warns of.
final class Warnings: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    func add(_ text: String) { texts.withLock { $0.append(text) } }
}

/// A version at the store whose bytes are those of an array, and how many were asked for.
final class StoredBase: DraftBase {
    let bytes: [UInt8]
    let origin: Origin?
    private let state = Mutex<(asked: [ByteRange], failure: StoreError?)>(([], nil))

    init(_ bytes: [UInt8], version: String? = "1") {
        self.bytes = bytes
        origin = version.map { Origin(location: Location("base"), version: Version($0)) }
    }

    var size: UInt64 { UInt64(bytes.count) }
    var asked: [ByteRange] { state.withLock { $0.asked } }

    func fail(with error: StoreError?) { state.withLock { $0.failure = error } }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation)
        throws(StoreError)
    {
        let failure = state.withLock { state in
            state.asked.append(ByteRange(offset: offset, count: UInt64(buffer.count)))
            return state.failure
        }
        if let failure { throw failure }
        guard Int(offset) + buffer.count <= bytes.count else {
            throw StoreError(.invalid, "behind the end of the base")
        }
        unsafe buffer.copyBytes(from: bytes[Int(offset)..<(Int(offset) + buffer.count)])
    }
}

extension Draft {
    func write(_ bytes: [UInt8], at offset: UInt64?) throws(JournalError) {
        try unsafe bytes.span.withUnsafeBytes { bytes throws(JournalError) in try unsafe write(at: offset, bytes) }
    }

    func bytes(at offset: UInt64 = 0, count: Int? = nil) throws(StoreError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0xEE, count: count ?? Int(size))
        var span = buffer.mutableSpan
        let done = try unsafe span.withUnsafeMutableBytes { bytes throws(StoreError) in
            try unsafe read(at: offset, into: bytes, until: Cancellation())
        }
        return Array(buffer.prefix(done))
    }
}

extension SealedContent {
    func bytes() throws(StoreError) -> [UInt8] {
        try bytes(of: ByteRange(offset: 0, count: size), until: Cancellation())
    }
}

extension Journal {
    /// A new file of these bytes, committed.
    @discardableResult
    func add(_ bytes: [UInt8], named name: String = "file") throws(JournalError) -> Change {
        let draft = try makeDraft(over: nil)
        try draft.write(bytes, at: 0)
        let content = try draft.seal()
        let change = try change(named: name, content)
        try commit([.keep(content), .put(change)])
        return change
    }

    func change(named name: String = "file", _ content: SealedContent? = nil) throws(JournalError) -> Change {
        let id = try newID()
        var change = Change(id: id, kind: .file, location: .pending(id), version: nil, parent: .root, name: name)
        change.content = content?.id
        change.size = content?.size ?? 0
        return change
    }

    func change(_ content: SealedContent?) throws(JournalError) -> Change {
        try change(named: "file", content)
    }

    func bytes(of change: Change) throws -> [UInt8] {
        guard let id = change.content else { return [] }
        return try content(id).bytes()
    }
}

/// A journal in a directory of its own, opened again as often as a test wants.
struct JournalPlace: Sendable {
    let directory: TemporaryDirectory
    let warnings = Warnings()
    var path: String { directory.file("journal") }
    var contents: String { "\(path)/contents" }

    init() throws {
        directory = try TemporaryDirectory()
    }

    func open(
        at path: String? = nil,
        identity: String = "test",
        inlineLimit: Int = 4096,
        smallestLayer: UInt64 = 1 << 20
    )
        throws(JournalError) -> Journal
    {
        try Journal(
            directory: path ?? self.path,
            identity: identity,
            reserve: 0,
            inlineLimit: inlineLimit,
            smallestLayer: smallestLayer,
            onWarning: { [warnings] in warnings.add($0) }
        )
    }
}

func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

func fileSize(_ path: String) -> Int {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
}

func fileBytes(_ path: String) throws -> [UInt8] {
    let file = try OpenFile(path, for: .reading)
    var bytes = [UInt8](repeating: 0, count: fileSize(path))
    var span = bytes.mutableSpan
    _ = try unsafe span.withUnsafeMutableBytes { try unsafe file.read(at: 0, into: $0) }
    return bytes
}

func overwrite(_ path: String, with bytes: [UInt8]) throws {
    _ = unsafe unlink(path)
    try OpenFile(path, for: .creating).write(bytes, at: 0)
}

func fileNames(in directory: String) -> [String] {
    guard let stream = unsafe opendir(directory) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
            unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// Counts, from any thread.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() { count.withLock { $0 += 1 } }
}

/// Copies what a crash at this moment would leave of the journal in a directory: database, log and contents.
func copyJournal(at path: String, to target: String) throws -> String {
    _ = unsafe mkdir(target, 0o700)
    _ = unsafe mkdir(target + "/contents", 0o700)
    for file in ["journal.sqlite", "journal.sqlite-wal"] where exists("\(path)/\(file)") {
        try overwrite("\(target)/\(file)", with: try fileBytes("\(path)/\(file)"))
    }
    for file in fileNames(in: "\(path)/contents") {
        try overwrite("\(target)/contents/\(file)", with: try fileBytes("\(path)/contents/\(file)"))
    }
    return target
}
