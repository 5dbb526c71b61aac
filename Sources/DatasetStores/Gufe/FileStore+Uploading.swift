internal import DatasetModel
internal import DatasetSync
internal import Glibc
internal import Synchronization

/// What creating and replacing a file have in common.
extension Gufe.FileStore {
    /// The content of one file on its way.
    struct Order {
        let path: Gufe.RelativePath
        let content: any StagedContent
        let ledger: any UploadLedger
        let cancellation: Cancellation

        init(
            path: Gufe.RelativePath,
            content: any StagedContent,
            ledger: any UploadLedger,
            _ cancellation: Cancellation
        ) {
            self.path = path
            self.content = content
            self.ledger = ledger
            self.cancellation = cancellation
        }
    }

    /// Bytes that are read, written and told of at a time.
    private static var chunk: UInt64 { 1 << 20 }

    /// What an earlier try with this ledger has finished without its answer being heard, be it with other bytes; what it
    /// left half done goes.
    ///
    /// - Returns: Nil when there is all to do.
    func finished(_ order: Order, _ note: Gufe.FileNote?) throws(StoreError) -> Node? {
        guard let note else { return nil }
        if let node = try outcome(of: note, at: order.path, until: order.cancellation) { return node }
        removeTemporary(of: note)
        return nil
    }

    /// What stands there if it is the very file that the note tells of, on the disk now.
    func outcome(of note: Gufe.FileNote, at path: Gufe.RelativePath, until cancellation: Cancellation)
        throws(StoreError) -> Node?
    {
        let what = "“\(path.location)” in \(traits.displayName) cannot be looked at"
        let isFinished = try local(what) { () throws(Gufe.SystemError) in
            let place = try tree.place(of: path)
            guard let status = try place.statusIfThere(), note.describes(status) else { return false }
            try Gufe.synchronize(try tree.openDirectory(path.parent))
            return true
        }
        return isFinished ? try settledNode(at: path, until: cancellation) : nil
    }

    /// A temporary file whose name is noted before it is there: whatever becomes of the upload, it can be removed by its note.
    func makeTemporary(_ order: Order, mode: mode_t, _ what: String) throws(StoreError) -> Gufe.TemporaryFile {
        let parent = order.path.parent
        while true {
            let name = Gufe.TemporaryName.some()
            let temporary = Gufe.FileNote.Temporary(
                parent: parent.location,
                name: String(decoding: name, as: UTF8.self),
                device: 0,
                inode: 0,
                modified: 0,
                place: order.path.location
            )
            try order.ledger.note(Gufe.FileNote(temporary).text)
            do throws(Gufe.SystemError) {
                return try Gufe.TemporaryFile(name, in: try tree.openDirectory(parent), mode: mode)
            } catch {
                guard error.number == EAGAIN else { throw StoreError(error, what) }
            }
        }
    }

    /// Brings the whole content into the temporary file and onto the disk, to be published next.
    ///
    /// - Parameter finish: What else the file is to have, done when all bytes are there.
    /// - Returns: The file as it is then.
    func write(
        _ order: Order,
        to file: borrowing Gufe.TemporaryFile,
        _ what: String,
        finish: (borrowing Gufe.TemporaryFile) throws(StoreError) -> Void
    ) throws(StoreError) -> Gufe.FileStatus {
        let made = try local(what) { () throws(Gufe.SystemError) in try file.stamp(time.wallNanoseconds()) }
        let temporary = Gufe.FileNote.Temporary(
            parent: order.path.parent.location,
            name: String(decoding: file.name, as: UTF8.self),
            device: made.device,
            inode: made.inode,
            modified: made.modified.nanoseconds,
            place: order.path.location
        )
        try order.ledger.note(Gufe.FileNote(temporary).text)
        try copy(order, to: file, what)
        try finish(file)
        return try local(what) { () throws(Gufe.SystemError) in
            let status = try file.stamp(made.modified.nanoseconds)
            try Gufe.synchronize(file.file)
            return status
        }
    }

    private func copy(_ order: Order, to file: borrowing Gufe.TemporaryFile, _ what: String) throws(StoreError) {
        let size = order.content.size
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(min(Self.chunk, size)), alignment: 4096)
        defer { unsafe buffer.deallocate() }
        var offset: UInt64 = 0
        while offset < size {
            try check(order.cancellation, "Writing “\(order.path.location)”")
            let count = Int(min(UInt64(buffer.count), size - offset))
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            unsafe try order.content.read(at: offset, into: part)
            try local(what) { () throws(Gufe.SystemError) in
                unsafe try file.write(UnsafeRawBufferPointer(part), at: offset)
            }
            offset += UInt64(count)
            order.ledger.progress(offset)
        }
        try check(order.cancellation, "Writing “\(order.path.location)”")
    }

    /// The file as it was published: where somebody changed it already, with a version that is gone.
    func node(of file: borrowing Gufe.TemporaryFile, _ order: Order, _ written: Gufe.FileStatus)
        throws(StoreError) -> Node
    {
        let what = "“\(order.path.location)” in \(traits.displayName) cannot be looked at"
        return try local(what) { () throws(Gufe.SystemError) in
            let status = try settled(within: 1, until: order.cancellation) { () throws(Gufe.SystemError) in
                try Gufe.FileStatus(of: file.file)
            }
            let isUnchanged = status.size == written.size && status.modified == written.modified
            let attributes = Gufe.ExtendedAttributes(of: order.path.lastName, in: file.directory)
            guard let node = node(at: order.path, isUnchanged ? status : written, linkTarget: [], attributes) else {
                throw Gufe.SystemError(number: ENOENT)
            }
            return node
        }
    }

    private func removeTemporary(of note: Gufe.FileNote) {
        guard let temporary = note.temporary else { return }
        let name = Array(temporary.name.utf8)
        // A note is text from a file: it may name nothing but such a temporary file.
        guard Gufe.TemporaryName.matches(name), let parent = try? Gufe.RelativePath(temporary.parent),
            let directory = try? tree.openDirectory(parent)
        else { return }
        let raw = directory.raw
        _ = unsafe unlinkat(raw, Gufe.cString(name), 0)
    }

    /// Best effort: what a crash leaves behind is told by a temporary name, a lock that nobody holds and its age; what was
    /// finished and never heard of is that very file under its own name.
    func takeBack(_ note: String, until cancellation: Cancellation) {
        guard let note = Gufe.FileNote(text: note) else { return }
        takeBackMade(note, until: cancellation)
        removeTemporary(of: note)
        guard let temporary = note.temporary, let location = temporary.place,
            let path = try? Gufe.RelativePath(location), let status = try? tree.place(of: path).status(),
            note.describes(status)
        else { return }
        try? remove(location, version: status.version, until: cancellation)
    }

    /// A directory only while nothing is in it, a link only while it leads where it was to lead.
    private func takeBackMade(_ note: Gufe.FileNote, until cancellation: Cancellation) {
        guard let location = note.made, let path = try? Gufe.RelativePath(location) else { return }
        let kind = note.target.map { Creation.Kind.link(target: $0) } ?? .directory
        guard let place = try? tree.place(of: path), let status = try? place.status(),
            (try? place.isSame(kind, status)) == true
        else { return }
        try? remove(location, version: nil, until: cancellation)
    }

    /// Looks for what crashes left behind at the first creation in a directory.
    func cleanOnce(_ directory: borrowing Gufe.Descriptor) {
        guard let status = try? Gufe.FileStatus(of: directory) else { return }
        let isFirst = cleaned.withLock { cleaned in
            if cleaned.count > 10_000 { cleaned = [] }
            return cleaned.insert([status.device, status.inode]).inserted
        }
        guard isFirst else { return }
        _ = try? Gufe.removeLeftovers(in: directory, at: time.wallNanoseconds())
    }

    /// - Parameter what: What cannot be done when `body` fails.
    func local<Answer: ~Copyable>(_ what: String, _ body: () throws(Gufe.SystemError) -> Answer) throws(StoreError)
        -> Answer
    {
        do throws(Gufe.SystemError) {
            return try body()
        } catch {
            throw StoreError(error, what)
        }
    }
}
