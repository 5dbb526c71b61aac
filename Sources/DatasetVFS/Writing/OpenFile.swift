internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

/// What all handles of one inode share: the bytes that are being changed, if any.
///
/// Whoever has the number open reads from the draft once there is one, as two programs on a local disk would.
final class OpenFile: Sendable {
    /// Where the file stands, and which of its versions the draft changes.
    struct Place: Sendable {
        var location: Location
        var version: Version?
        var parent: Location
        var name: String
    }

    private struct State {
        var draft: Draft?
        /// Something was written since the last close; a file that was merely made or emptied is not.
        var isTouched = false
        /// When the draft was last written, or what a program set instead.
        var modified: Timestamp?
        var place: Place
        /// Unlinked: what is still written is nobody's any more.
        var isGone = false
    }

    let inode: UInt64
    /// One seal at a time.
    let sealing = Monitor<Void>(())
    private let state: Mutex<State>

    init(inode: UInt64, place: Place) {
        self.inode = inode
        state = Mutex(State(place: place))
    }

    var draft: Draft? { state.withLock { $0.draft } }
    var place: Place { state.withLock { $0.place } }
    var isGone: Bool { state.withLock { $0.isGone } }
    var modified: Timestamp? { state.withLock { $0.modified } }

    /// Size and time that `stat` shows instead of what is known of the file; nil while nothing was changed.
    var status: (size: UInt64, modified: Timestamp?)? {
        state.withLock { state in state.draft.map { ($0.size, state.modified) } }
    }

    /// The draft, made when it is first wanted.
    func draft(_ make: () throws(VFSError) -> Draft) throws(VFSError) -> Draft {
        try state.withLock { state throws(VFSError) in
            if let draft = state.draft { return draft }
            let draft = try make()
            state.draft = draft
            return draft
        }
    }

    var isTouched: Bool { state.withLock { $0.isTouched } }

    func noteMade(at moment: Timestamp) {
        state.withLock { $0.modified = moment }
    }

    func noteWritten(at moment: Timestamp) {
        state.withLock { state in
            state.modified = moment
            state.isTouched = true
        }
    }

    func noteKept() {
        state.withLock { $0.isTouched = false }
    }

    func setModified(_ moment: Timestamp) {
        state.withLock { if $0.draft != nil { $0.modified = moment } }
    }

    func move(_ place: Place) {
        state.withLock { $0.place = place }
    }

    /// What is sealed from now on changes this version.
    func follow(_ location: Location, _ version: Version?) {
        state.withLock { state in
            state.place.location = location
            state.place.version = version
        }
    }

    func abandon() {
        state.withLock { $0.isGone = true }
    }
}

/// The files that somebody has open, by inode.
final class OpenFiles: Sendable {
    private struct Slot {
        let file: OpenFile
        var handles = 0
        var writers = 0
    }

    private let slots = Mutex<[UInt64: Slot]>([:])

    subscript(inode: UInt64) -> OpenFile? { slots.withLock { $0[inode]?.file } }

    var all: [OpenFile] { slots.withLock { $0.values.map(\.file) } }

    /// Handles that may write.
    func writers(of file: OpenFile) -> Int { slots.withLock { $0[file.inode]?.writers ?? 0 } }

    /// One more handle.
    func acquire(_ inode: UInt64, writes: Bool, _ place: @autoclosure () -> OpenFile.Place) -> OpenFile {
        slots.withLock { slots in
            var slot = slots[inode] ?? Slot(file: OpenFile(inode: inode, place: place()))
            slot.handles += 1
            if writes { slot.writers += 1 }
            slots[inode] = slot
            return slot.file
        }
    }

    /// One handle less.
    func release(_ file: OpenFile, writes: Bool) {
        slots.withLock { slots in
            guard var slot = slots[file.inode], slot.file === file else { return }
            slot.handles -= 1
            if writes { slot.writers -= 1 }
            slots[file.inode] = slot.handles > 0 ? slot : nil
        }
    }
}
