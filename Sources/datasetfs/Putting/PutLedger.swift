internal import Crypto
internal import DatasetModel
internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// What one `put` has done, on the disk, so that the same command goes on where it was ended.
///
/// A file of JSON lines below the state directory, for its owner only: notes about uploads under way hold addresses that
/// open what they name. They go when everything is sent.
final class PutLedger: Sendable {
    struct Done: Codable, Sendable, Equatable {
        var location: String
        /// Nil for a directory or link.
        var stamp: FileStamp?
        /// Stands for the bytes of what has no stamp: the archive of a collection.
        var fingerprint: String?
        var version: String?
        /// The store's time of it, nanoseconds since 1970.
        var modified: Int64?
    }

    struct Target: Codable, Sendable, Equatable {
        var parent: String
        var name: String
    }

    /// About an upload under way.
    struct Note: Sendable, Equatable {
        var text: String
        /// The location of what it replaces; nil when it makes something new.
        var replaced: String?
    }

    private struct Line: Codable {
        var path: String?
        var note: String?
        /// Of a note about a replacement: what is replaced.
        var replaced: String?
        var done: Done?
        var target: Target?
    }

    private struct State {
        var target: Target?
        var notes: [ExactPath: Note] = [:]
        var done: [ExactPath: Done] = [:]
    }

    let path: String
    private let descriptor: Int32
    private let state: Mutex<State>

    /// - Parameters:
    ///   - directory: Of the program's state.
    ///   - key: Everything that makes another command of it.
    /// - Throws: `.cacheBusy` when the same command runs already.
    init(in directory: String, key: [String]) throws(Failure) {
        let digest = SHA256.hash(data: Array(key.map { "\($0.utf8.count):\($0)" }.joined().utf8))
        let name = digest.prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        path = "\(directory)/puts/\(name).jsonl"
        try Paths.make("\(directory)/puts")
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(.failed, "cannot write \(path): \(ErrorWords.text(errno)).") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Failure(.cacheBusy, "the same “put” is running already: wait for it, or end it.")
        }
        state = Mutex(Self.load(path))
    }

    deinit { close(descriptor) }

    /// Lines that a crash cut off are none.
    private static func load(_ path: String) -> State {
        var state = State()
        let decoder = JSONDecoder()
        let text = LocalDirectory.bytes(of: path, atMost: 1 << 30) ?? []
        for bytes in text.split(separator: 0x0A) {
            guard let line = try? decoder.decode(Line.self, from: Data(bytes)) else { continue }
            if let target = line.target { state.target = target }
            guard let path = line.path.map(ExactPath.init) else { continue }
            if let done = line.done { state.done[path] = done }
            state.notes[path] = line.note.map { Note(text: $0, replaced: line.replaced) }
        }
        return state
    }

    var target: Target? { state.withLock { $0.target } }

    func done(_ path: String) -> Done? { state.withLock { $0.done[ExactPath(path)] } }

    /// Nil when nothing is under way.
    func note(_ path: String) -> Note? { state.withLock { $0.notes[ExactPath(path)] } }

    func set(_ target: Target) throws(StoreError) {
        state.withLock { $0.target = target }
        try append(Line(target: target))
    }

    func set(_ done: Done, for path: String) throws(StoreError) {
        state.withLock { state in
            state.done[ExactPath(path)] = done
            state.notes[ExactPath(path)] = nil
        }
        try append(Line(path: path, done: done))
    }

    /// On the disk when it is back.
    func set(_ note: Note, for path: String) throws(StoreError) {
        state.withLock { $0.notes[ExactPath(path)] = note }
        try append(Line(path: path, note: note.text, replaced: note.replaced))
        guard fdatasync(descriptor) == 0 else { throw failure() }
    }

    private func append(_ line: Line) throws(StoreError) {
        guard var bytes = (try? JSONEncoder().encode(line)).map({ Array($0) }) else {
            throw StoreError(.localFailure, "\(path) cannot be written")
        }
        bytes.append(0x0A)
        // One write each, at the end of the file: lines of several threads do not mix.
        let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        guard count == bytes.count else { throw failure() }
    }

    private func failure() -> StoreError {
        StoreError(
            .localFailure,
            "\(path) cannot be written: \(ErrorWords.text(errno))",
            remedy: "Make room there, or choose another place with --state-dir."
        )
    }

    /// Everything is sent: keeps what is known of it and forgets how it got there.
    func settle() {
        let (target, done) = state.withLock { ($0.target, $0.done) }
        var text: [UInt8] = []
        let lines =
            [Line(target: target)]
            + done.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                Line(path: $0.key.rawValue, done: $0.value)
            }
        for line in lines {
            guard let bytes = try? JSONEncoder().encode(line) else { return }
            text += Array(bytes) + [0x0A]
        }
        // In place, not by another file: the lock is this one's. A crash in between costs a comparison with the store.
        guard ftruncate(descriptor, 0) == 0 else { return }
        _ = unsafe text.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        fdatasync(descriptor)
    }
}

/// A path told from others by its bytes: `é` may be written in two ways, and two files may be called so.
struct ExactPath: ExactlyCompared, Sendable {
    let rawValue: String

    init(_ rawValue: String) {
        self.rawValue = rawValue
    }
}
