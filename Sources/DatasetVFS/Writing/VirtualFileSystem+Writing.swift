internal import DatasetCache
internal import DatasetJournal
package import DatasetModel
internal import DatasetSync
internal import Glibc

extension VirtualFileSystem {
    /// - Parameter appends: The file was opened with O_APPEND: the bytes go to its end, wherever that is now.
    package func write(
        _ handle: UInt64,
        at offset: UInt64,
        _ bytes: UnsafeRawBufferPointer,
        appends: Bool,
        _ context: CallContext
    ) throws(VFSError) -> Int {
        if let draft = control.draft(handle) {
            guard unsafe draft.write(bytes, at: appends ? nil : offset) else { throw VFSError(errno: EFBIG) }
            return bytes.count
        }
        return try changing(handle, "write", context) { (draft, file) throws(VFSError) in
            // The kernel keeps pages by where it thought the end was.
            if appends, draft.size != offset { invalidator.post([.content(Inode(file.inode))]) }
            try ChangeTable.local { () throws(JournalError) in
                try unsafe draft.write(at: appends ? nil : offset, bytes)
            }
            return bytes.count
        }
    }

    /// close(2): what was written is published, or safe in the journal, as the mount's durability says.
    package func flush(_ handle: UInt64, _ context: CallContext) throws(VFSError) {
        if let draft = control.draft(handle) { return try accept(draft, handle, context) }
        try publish(handle, "close", waits: writing?.durability == .through, context)
    }

    /// fsync(2): waits for the store.
    package func synchronize(_ handle: UInt64, _ context: CallContext) throws(VFSError) {
        if control.draft(handle) != nil { return }
        try publish(handle, "fsync", waits: true, context)
    }

    /// fsync(2) of a directory: the names in it are safe since the calls that made them.
    package func synchronizeDirectory(_ inode: Inode, _ context: CallContext) throws(VFSError) {}

    private func publish(_ handle: UInt64, _ operation: String, waits: Bool, _ context: CallContext) throws(VFSError) {
        guard let open = files[handle], let file = open.file, let side = writing else { return }
        try recording(operation, at: open.path) { () throws(VFSError) in
            // A shell opens and empties the file of a redirection, makes a copy of the descriptor and closes the first one:
            // what it is about to write comes then.
            if operation == "close", !file.isTouched, OpenDescriptors.hasAnother(open.path, in: context.process) {
                return
            }
            var change = try keep(file, side)
            // Another handle may have kept it a moment ago: fsync answers for what the file is, not for who wrote it.
            if change == nil, waits, operation == "fsync" { change = side.changes.change(at: file.place.location) }
            guard waits, let change, change.scope == .published else { return }
            try wait(for: change, side, operation, open.path, context)
        }
    }

    package func allocate(_ handle: UInt64, _ range: ByteRange, _ mode: Allocation, _ context: CallContext)
        throws(VFSError)
    {
        try changing(handle, "fallocate", context) { (draft, file) throws(VFSError) in
            try ChangeTable.local { () throws(JournalError) in
                switch mode {
                case .grows: try draft.allocate(range, growing: true)
                case .keepsSize: try draft.allocate(range, growing: false)
                case .punchesHole: try draft.zero(range, growing: false)
                case .zeroes(let keepsSize): try draft.zero(range, growing: !keepsSize)
                }
            }
        }
    }

    /// - Throws: ENXIO behind the end.
    package func seek(_ handle: UInt64, to target: SeekTarget, from offset: UInt64, _ context: CallContext)
        throws(VFSError) -> UInt64
    {
        guard let open = files[handle] else { throw .badHandle }
        if let draft = open.file?.draft {
            let found = target == .data ? draft.nextData(from: offset) : draft.nextHole(from: offset)
            guard let found else { throw VFSError(errno: ENXIO) }
            return found
        }
        // What the store has is data from end to end, as far as anybody tells.
        guard offset < open.size else { throw VFSError(errno: ENXIO) }
        return target == .data ? offset : open.size
    }

    /// copy_file_range(2) within the mount: the bytes do not go through the program.
    ///
    /// - Returns: Bytes copied: fewer than asked for at the end of the source, and when it was interrupted.
    package func copy(
        from source: UInt64,
        at sourceOffset: UInt64,
        to target: UInt64,
        at targetOffset: UInt64,
        count: UInt64,
        _ context: CallContext
    ) throws(VFSError) -> UInt64 {
        let piece = 1 << 20
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: piece, alignment: 16)
        defer { unsafe buffer.deallocate() }
        var copied: UInt64 = 0
        while copied < count {
            let wanted = Int(min(UInt64(piece), count - copied))
            do throws(VFSError) {
                let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
                let got = try unsafe read(source, at: sourceOffset + copied, into: part, context)
                guard got > 0 else { break }
                let bytes = unsafe UnsafeRawBufferPointer(rebasing: part[..<got])
                _ = try unsafe write(target, at: targetOffset + copied, bytes, appends: false, context)
                copied += UInt64(got)
            } catch {
                guard copied > 0 else { throw error }
                break
            }
        }
        return copied
    }

    /// The file's draft; of two that are made at once the first one counts.
    private func draft(of file: OpenFile, _ open: FileHandle, _ side: WriteSide, _ context: CallContext)
        throws(VFSError) -> Draft
    {
        if let draft = file.draft { return draft }
        let made = try makeDraft(of: open, side, context)
        return try file.draft { () throws(VFSError) in made }
    }

    /// A draft over what a handle was opened as. A small file is fetched whole: should somebody else replace it meanwhile,
    /// what is kept beside theirs is complete.
    private func makeDraft(of open: FileHandle, _ side: WriteSide, _ context: CallContext) throws(VFSError) -> Draft {
        let base = try renamed(open, open.base(contents))
        let draft = try newDraft(over: base, side)
        guard let base, base.origin != nil, base.size <= options.wholeFileLimit else { return draft }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(base.size), alignment: 16)
        defer { unsafe buffer.deallocate() }
        do throws(StoreError) {
            try unsafe base.read(at: 0, into: buffer, until: context.cancellation)
        } catch {
            // A file that is gone, or a store that is away: what is written may need none of it.
            return draft
        }
        try ChangeTable.local { () throws(JournalError) in
            try unsafe draft.write(at: 0, UnsafeRawBufferPointer(buffer))
        }
        return draft
    }

    /// What was opened under an address that the file has no more, because it was renamed here, is asked for by its new one.
    private func renamed(_ open: FileHandle, _ base: (any DraftBase)?) throws(VFSError) -> (any DraftBase)? {
        guard let base, let origin = base.origin, let place = open.file?.place, place.location != origin.location,
            let node = try catalog.node(of: try catalog.fact(open.inode)),
            node.location == place.location, let version = node.version, !version.isUnpublished,
            node.size == base.size
        else { return base }
        return ContentBase(content: contents.acquire(node, size: base.size, version: version), table: contents)
    }

    /// Runs a change of an open file's bytes and notes when it was.
    private func changing<Answer>(
        _ handle: UInt64,
        _ operation: String,
        _ context: CallContext,
        _ body: (Draft, OpenFile) throws(VFSError) -> Answer
    ) throws(VFSError) -> Answer {
        guard let open = files[handle] else { throw .badHandle }
        guard open.writes, let file = open.file else { throw .badHandle }
        return try recording(operation, at: open.path) { () throws(VFSError) in
            let side = try writeSide()
            let draft = try draft(of: file, open, side, context)
            let answer = try body(draft, file)
            file.noteWritten(at: Timestamp(nanoseconds: time.wallNanoseconds()))
            return answer
        }
    }

    /// Cuts or lengthens a file.
    func resize(_ inode: Inode, to size: UInt64, handle: UInt64?, _ context: CallContext) throws(VFSError) {
        if let handle, let open = files[handle], open.writes {
            return try changing(handle, "truncate", context) { (draft, _) throws(VFSError) in
                try ChangeTable.local { () throws(JournalError) in try draft.truncate(to: size) }
            }
        }
        // truncate(2) of a path: opened, cut and closed in one call.
        let opened = try self.open(inode, flags: size == 0 ? O_WRONLY | O_TRUNC : O_WRONLY, context)
        defer { release(opened.handle) }
        if size > 0 { try resize(inode, to: size, handle: opened.handle, context) }
        // Whoever else has it open for writing closes it later and hears what becomes of it.
        guard let file = openFiles[inode.rawValue], openFiles.writers(of: file) <= 1 else { return }
        try flush(opened.handle, context)
    }
}
