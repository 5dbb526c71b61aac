package import DatasetModel
package import DatasetSync
internal import Glibc

extension Gufe.FileStore {
    /// One page in the directory's own order; the cursor is the directory position, so nothing is kept between pages.
    ///
    /// A file that was changed a moment ago comes without a version: see ``Gufe/FileStatus/timeToSettle(at:)``.
    @available(*, noasync, message: "this waits for the disk")
    package func children(of location: Location, after cursor: Cursor?, until cancellation: Cancellation)
        throws(StoreError) -> Page
    {
        let path = try path(location)
        let operation = "Listing “\(location)”"
        try check(cancellation, operation)
        let page: Page?
        do throws(Gufe.SystemError) {
            page = try self.page(of: path, after: cursor, until: cancellation)
        } catch {
            throw StoreError(error, "“\(location)” in \(traits.displayName) cannot be listed")
        }
        guard let page else { throw StoreError(cancellation.reason ?? .interrupted, during: operation) }
        return page
    }

    /// - Returns: Nil when it was cancelled on the way.
    private func page(of path: Gufe.RelativePath, after cursor: Cursor?, until cancellation: Cancellation)
        throws(Gufe.SystemError) -> Page?
    {
        let stream = try Gufe.DirectoryStream(takingOwnershipOf: try tree.openDirectory(path))
        if let cursor {
            guard let position = Int(cursor.rawValue) else { throw Gufe.SystemError(number: EINVAL) }
            stream.seek(to: position)
        }
        var page = Page(nodes: [])
        for _ in 0..<pageSize {
            guard !cancellation.isCancelled else { return nil }
            guard let entry = try stream.next() else { return page }
            if let node = try node(for: entry, in: path, stream) { page.nodes.append(node) }
        }
        page.next = Cursor(String(stream.position))
        return page
    }

    /// - Returns: Nil for what went away meanwhile and for what a store does not show.
    private func node(
        for entry: Gufe.DirectoryStream.Entry,
        in parent: Gufe.RelativePath,
        _ stream: borrowing Gufe.DirectoryStream
    ) throws(Gufe.SystemError) -> Node? {
        guard !Gufe.TemporaryName.matches(entry.name) else {
            // Best effort, where this may be written: whoever looks into the directory is the first to know of it.
            if traits.isWritable { stream.removeLeftover(entry.name, at: time.wallNanoseconds()) }
            return nil
        }
        guard entry.mayBeListed else { return nil }
        do throws(Gufe.SystemError) {
            let status = try stream.status(of: entry.name)
            let target = status.isLink ? try stream.linkTarget(of: entry.name) : []
            let attributes = stream.attributes(of: entry.name)
            var node = node(at: parent.child(entry.name), status, linkTarget: target, attributes)
            if !isSettled(status) { node?.version = nil }
            return node
        } catch {
            // EINVAL: a link that became something else between the two questions.
            guard error.number == ENOENT || error.number == EINVAL else { throw error }
            return nil
        }
    }
}
