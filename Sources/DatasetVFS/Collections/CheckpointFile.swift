internal import DatasetArchive
internal import Glibc
internal import Synchronization

/// The checkpoints of one member: its key, then one record behind the other.
///
///     length of the key (4 bytes), key, { offset (8), length (4), bytes }…        integers little-endian
///
/// A record is appended with one write. What a crash left torn ends the list; what is damaged inside is noticed by the decoder, which
/// checks each record.
final class CheckpointFile: CheckpointStore {
    let key: String
    private let path: String

    private struct Record {
        var start: UInt64
        var count: Int
    }

    private struct State {
        var records: [UInt64: Record] = [:]
        var end: UInt64 = 0
        var isRead = false
    }

    private let state = Mutex(State())
    /// No decoder's state is longer.
    private static let longest = 1 << 20

    init(path: String, key: String) {
        self.path = path
        self.key = key
    }

    func offsets() -> [UInt64] {
        state.withLock { state in
            read(&state)
            return Array(state.records.keys)
        }
    }

    func load(_ offset: UInt64) -> [UInt8]? {
        let record = state.withLock { state in
            read(&state)
            return state.records[offset]
        }
        guard let record else { return nil }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return Self.bytes(descriptor, at: record.start, count: record.count)
    }

    func save(_ bytes: [UInt8], at offset: UInt64) {
        guard bytes.count <= Self.longest else { return }
        state.withLock { state in
            read(&state)
            guard state.records[offset] == nil else { return }
            let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { return }
            defer { close(descriptor) }
            var text: [UInt8] = []
            if state.end == 0 {
                text.appendInteger(UInt32(key.utf8.count))
                text += key.utf8
            }
            text.appendInteger(offset)
            text.appendInteger(UInt32(bytes.count))
            let start = state.end + UInt64(text.count)
            text += bytes
            // Whatever lies behind is torn, or another member's.
            guard ftruncate(descriptor, off_t(state.end)) == 0 else { return }
            let written = unsafe text.withUnsafeBytes { buffer in
                unsafe pwrite(descriptor, buffer.baseAddress, buffer.count, off_t(state.end))
            }
            guard written == text.count else { return }
            state.records[offset] = Record(start: start, count: bytes.count)
            state.end += UInt64(text.count)
        }
    }

    func discard(_ offset: UInt64) {
        state.withLock { _ = $0.records.removeValue(forKey: offset) }
    }

    /// Finds the records, once.
    private func read(_ state: inout State) {
        guard !state.isRead else { return }
        state.isRead = true
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard let count = Self.bytes(descriptor, at: 0, count: 4)?.integer(4), count == key.utf8.count,
            let known = Self.bytes(descriptor, at: 4, count: Int(count)), known.elementsEqual(key.utf8)
        else { return }
        var position = 4 + count
        while let head = Self.bytes(descriptor, at: position, count: 12) {
            let length = Int(head.dropFirst(8).integer(4))
            guard length <= Self.longest, Self.bytes(descriptor, at: position + 11 + UInt64(length), count: 1) != nil
            else { break }
            state.records[head.integer(8)] = Record(start: position + 12, count: length)
            position += 12 + UInt64(length)
        }
        state.end = position
    }

    private static func bytes(_ descriptor: Int32, at offset: UInt64, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let read = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe pread(descriptor, buffer.baseAddress, count, off_t(clamping: offset))
        }
        return read == count ? bytes : nil
    }
}

extension [UInt8] {
    fileprivate mutating func appendInteger(_ value: some FixedWidthInteger) {
        var rest = UInt64(truncatingIfNeeded: value)
        for _ in 0..<value.bitWidth / 8 {
            append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}

extension Collection<UInt8> {
    /// The first so many bytes as a number.
    fileprivate func integer(_ count: Int) -> UInt64 {
        prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
