package import DatasetModel
package import DatasetSync
internal import Glibc

/// Changes of what is there: each holds the directory's lock, so that of several that work on one directory through
/// stores of this kind, one finds what it expects and the others see what it did.
extension Gufe.FileStore {
    /// The new file takes the old one's place in one step, with its permissions and what is kept with it.
    @available(*, noasync, message: "this waits for the disk")
    package func replace(
        _ location: Location,
        version: Version,
        with content: any StagedContent,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try requireWritable()
        let path = try path(location)
        let order = Order(path: path, content: content, ledger: ledger, cancellation)
        try check(cancellation, "Replacing “\(location)”")
        if let node = try finished(order, Gufe.FileNote(text: ledger.lastNote)) { return node }
        let what = "“\(location)” in \(traits.displayName) cannot be replaced"
        let place = try local(what) { () throws(Gufe.SystemError) in try tree.place(of: path) }
        let old = try status(at: place, path, version)
        try local(what) { () throws(Gufe.SystemError) in
            try Gufe.requireWritable(place)
            cleanOnce(try tree.openDirectory(path.parent))
        }
        var temporary = try makeTemporary(order, mode: 0o600, what)
        let written = try write(order, to: temporary, what) { (file) throws(StoreError) in
            try self.local(what) { () throws(Gufe.SystemError) in try file.takeAfter(old, place.attributes) }
        }
        try lock(temporary.directory, path, cancellation)
        _ = try status(at: place, path, version)
        try local(what) { () throws(Gufe.SystemError) in
            try temporary.publish(replacing: path.lastName)
            Gufe.unlock(temporary.directory)
            try Gufe.synchronize(temporary.directory)
        }
        return try node(of: temporary, order, written)
    }

    @available(*, noasync, message: "this waits for the disk")
    package func remove(_ location: Location, version: Version?, until cancellation: Cancellation) throws(StoreError) {
        try requireWritable()
        try check(cancellation, "Removing “\(location)”")
        do throws(StoreError) {
            try remove(try path(location), version, cancellation)
        } catch {
            guard error.code == .notFound else { throw error }
        }
    }

    private func remove(_ path: Gufe.RelativePath, _ version: Version?, _ cancellation: Cancellation)
        throws(StoreError)
    {
        guard path != .root else { throw StoreError(.invalid, "\(traits.displayName) itself cannot be removed") }
        let what = "“\(path.location)” in \(traits.displayName) cannot be removed"
        let directory = try local(what) { () throws(Gufe.SystemError) in try tree.openDirectory(path.parent) }
        try lock(directory, path, cancellation)
        let place = try local(what) { () throws(Gufe.SystemError) in try tree.place(of: path) }
        let status = try status(at: place, path, nil)
        if status.isRegular, let version { _ = try self.status(at: place, path, version) }
        try local(what) { () throws(Gufe.SystemError) in
            let raw = directory.raw
            let name = Gufe.cString(path.lastName)
            let flags = status.isDirectory ? AT_REMOVEDIR : 0
            do throws(Gufe.SystemError) {
                _ = try Gufe.systemCall { unsafe unlinkat(raw, name, flags) }
            } catch {
                // What no listing shows may be all that is in there.
                guard status.isDirectory, error.number == ENOTEMPTY || error.number == EEXIST,
                    try Gufe.removeLeftovers(in: tree.openDirectory(path), at: time.wallNanoseconds())
                else { throw error }
                _ = try Gufe.systemCall { unsafe unlinkat(raw, name, flags) }
            }
            try Gufe.synchronize(directory)
        }
    }

    @available(*, noasync, message: "this waits for the disk")
    package func rename(
        _ location: Location,
        to name: String,
        in parent: Location,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        let path = try path(location)
        try check(Creation(.directory, named: name, in: parent))
        let target = try self.path(parent).child(Array(name.utf8))
        try check(cancellation, "Renaming “\(location)”")
        guard path != .root, !target.isInside(path) else {
            throw StoreError(.invalid, "“\(location)” cannot be moved into itself")
        }
        let what = "“\(location)” in \(traits.displayName) cannot be renamed to “\(target.location)”"
        let directory = try local(what) { () throws(Gufe.SystemError) in try tree.openDirectory(target.parent) }
        try lock(directory, target, cancellation)
        try local(what) { () throws(Gufe.SystemError) in
            let source = try tree.openDirectory(path.parent)
            try Gufe.renameWithoutReplacing(path.lastName, in: source, to: target.lastName, in: directory)
            Gufe.unlock(directory)
            try Gufe.synchronize(directory)
            if path.parent != target.parent { try Gufe.synchronize(source) }
        }
        // It is done: whoever gives up now hears of it all the same.
        return try settledNode(at: target, until: Cancellation())
    }

    @available(*, noasync, message: "this waits for the disk")
    package func outcome(of note: String, at location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node?
    {
        guard let note = Gufe.FileNote(text: note) else { return nil }
        do throws(StoreError) {
            return try outcome(of: note, at: try path(location), until: cancellation)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    @available(*, noasync, message: "this waits for the disk")
    package func abandon(_ note: String, until cancellation: Cancellation) throws(StoreError) {
        takeBack(note, until: cancellation)
    }

    /// - Parameter version: Nil asks only whether it is there.
    /// - Throws: `.notFound`, and `.conflict` for a file of another version.
    private func status(at place: borrowing Gufe.Place, _ path: Gufe.RelativePath, _ version: Version?)
        throws(StoreError) -> Gufe.FileStatus
    {
        let status = try local("“\(path.location)” in \(traits.displayName)") { () throws(Gufe.SystemError) in
            let status = try place.status()
            // What a store does not show is not there.
            guard status.isRegular || status.isDirectory || status.isLink else {
                throw Gufe.SystemError(number: ENOENT)
            }
            return status
        }
        if let version, !status.isRegular || status.version != version {
            throw StoreError(
                .conflict,
                "“\(path.location)” in \(traits.displayName) was changed meanwhile",
                remedy: "Look at what is there now before you change it."
            )
        }
        return status
    }

    /// Waits for the directory's lock; where the file system has none, nothing keeps others off.
    private func lock(
        _ directory: borrowing Gufe.Descriptor,
        _ path: Gufe.RelativePath,
        _ cancellation: Cancellation
    ) throws(StoreError) {
        var pause = Duration.microseconds(100)
        while Gufe.lock(directory) == .heldByAnother {
            try check(cancellation, "Waiting for the lock of the directory of “\(path.location)”")
            cancellation.sleep(pause)
            pause = min(pause * 2, .milliseconds(10))
        }
    }
}
