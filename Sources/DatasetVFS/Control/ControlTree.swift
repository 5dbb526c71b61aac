internal import DatasetModel
internal import Synchronization

/// The numbers of what lies in control directories, as long as the kernel knows them.
///
/// They lie far above those of the facts' rows, begin anew with each mount, and none is used twice in one.
final class ControlTree: Sendable {
    static let firstNumber: UInt64 = 1 << 62

    struct Entry {
        let path: ControlPath
        /// What the number was given for, where finding it again could wait for the store or find another version.
        let node: ControlNode?
        fileprivate let key: Key
        fileprivate var lookups: UInt64 = 0
    }

    /// One version of a content is one number: the kernel keeps pages by it.
    fileprivate struct Key: Hashable {
        var path: ControlPath
        var version: Version?
    }

    fileprivate struct State {
        var entries: [UInt64: Entry] = [:]
        var numbers: [Key: UInt64] = [:]
        var next = ControlTree.firstNumber
        var drafts: [UInt64: ControlDraft] = [:]
        var listings: [UInt64: [(name: String, kind: FileKind)]] = [:]
    }

    private let state = Mutex(State())
    /// Numbers that listings gave and nobody looked up; forgetting one is harmless.
    private static let capacity = 16_384

    subscript(number: UInt64) -> Entry? { state.withLock { $0.entries[number] } }

    /// The number of what stands at a path.
    ///
    /// - Parameter isLookup: The kernel is told, and will forget it.
    func number(of path: ControlPath, _ node: ControlNode?, isLookup: Bool) -> UInt64 {
        var version: Version?
        var kept: ControlNode?
        switch node {
        case .content(let content): (version, kept) = (content.version, node)
        case .link: kept = node
        case .directory, .file, nil: break
        }
        let key = Key(path: path, version: version)
        return state.withLock { state in
            let number = state.numbers[key] ?? state.next
            if number == state.next {
                state.next += 1
                if state.entries.count >= Self.capacity { state.forgetUnused() }
                state.numbers[key] = number
            }
            var entry = Entry(path: path, node: kept, key: key)
            entry.lookups = (state.entries[number]?.lookups ?? 0) + (isLookup ? 1 : 0)
            state.entries[number] = entry
            return number
        }
    }

    func forget(_ number: UInt64, count: UInt64) {
        state.withLock { state in
            guard var entry = state.entries[number] else { return }
            entry.lookups -= min(entry.lookups, count)
            state.entries[number] = entry
            if entry.lookups == 0 { state.drop(number) }
        }
    }

    // MARK: - Open files and directories

    /// What is being written to a control file, by its handle.
    func draft(_ handle: UInt64) -> ControlDraft? { state.withLock { $0.drafts[handle] } }

    func begin(_ draft: ControlDraft, _ handle: UInt64) { state.withLock { $0.drafts[handle] = draft } }

    func end(_ handle: UInt64) { state.withLock { _ = $0.drafts.removeValue(forKey: handle) } }

    /// The names that an open directory shows: all of one moment, so that offsets in them hold.
    func listing(_ handle: UInt64) -> [(name: String, kind: FileKind)]? { state.withLock { $0.listings[handle] } }

    func keep(_ names: [(name: String, kind: FileKind)], _ handle: UInt64) {
        state.withLock { $0.listings[handle] = names }
    }

    func close(_ handle: UInt64) { state.withLock { _ = $0.listings.removeValue(forKey: handle) } }
}

extension ControlTree.State {
    fileprivate mutating func drop(_ number: UInt64) {
        guard let entry = entries.removeValue(forKey: number) else { return }
        if numbers[entry.key] == number { numbers[entry.key] = nil }
    }

    fileprivate mutating func forgetUnused() {
        for (number, entry) in entries where entry.lookups == 0 { drop(number) }
    }
}

/// What a program writes to a control file, until it closes it.
final class ControlDraft: Sendable {
    /// No manifest is longer.
    static let limit = 64 << 20

    private struct State {
        var bytes: [UInt8]
        var isChanged = false
    }

    private let state: Mutex<State>

    /// - Parameter isEmptied: It was opened with O_TRUNC, which changes it.
    init(_ bytes: [UInt8], isEmptied: Bool) {
        state = Mutex(State(bytes: bytes, isChanged: isEmptied))
    }

    var size: UInt64 { UInt64(state.withLock { $0.bytes.count }) }

    /// - Returns: False when it would become longer than anything that is taken.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64?) -> Bool {
        state.withLock { state in
            let start = offset ?? UInt64(state.bytes.count)
            guard start <= UInt64(Self.limit), Int(start) + bytes.count <= Self.limit else { return false }
            let end = Int(start) + bytes.count
            if state.bytes.count < end { state.bytes += [UInt8](repeating: 0, count: end - state.bytes.count) }
            unsafe state.bytes.withUnsafeMutableBytes { target in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[Int(start)..<end]).copyMemory(from: bytes)
            }
            state.isChanged = true
            return true
        }
    }

    func truncate(to size: UInt64) -> Bool {
        state.withLock { state in
            guard size <= UInt64(Self.limit) else { return false }
            let count = Int(size)
            if count < state.bytes.count {
                state.bytes.removeLast(state.bytes.count - count)
            } else {
                state.bytes += [UInt8](repeating: 0, count: count - state.bytes.count)
            }
            state.isChanged = true
            return true
        }
    }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        state.withLock { state in
            let start = Int(min(offset, UInt64(state.bytes.count)))
            let count = min(buffer.count, state.bytes.count - start)
            unsafe buffer.copyBytes(from: state.bytes[start..<start + count])
            return count
        }
    }

    /// All of it, when it was changed since the last time.
    func take() -> [UInt8]? {
        state.withLock { state in
            guard state.isChanged else { return nil }
            state.isChanged = false
            return state.bytes
        }
    }

    /// It was not accepted: the next close tries again.
    func giveBack() { state.withLock { $0.isChanged = true } }
}
