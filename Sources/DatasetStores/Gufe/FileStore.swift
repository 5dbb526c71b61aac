package import DatasetModel
package import DatasetSync
internal import Glibc
internal import Synchronization

extension Gufe {
    /// A directory as a store, in the layout of gufe's `FileStorage`: the location is the relative path.
    ///
    /// - Nothing outside the directory is reachable: links are shown with their literal target, never followed, and
    ///   a location cannot lead up.
    /// - Sockets, pipes and devices are not there at all.
    /// - A version is device, inode, size and the times of change; whoever writes through `mmap(2)` moves these late.
    /// - It can be written where this user may write the directory; what others change in it in the very moment between the
    ///   last look and the change is not seen.
    package final class FileStore: Store {
        package let traits: StoreTraits
        let tree: Tree
        let pageSize: Int
        let time: any TimeSource
        /// Directories, by device and inode, in which leftovers were looked for.
        let cleaned = Mutex<Set<[UInt64]>>([])

        /// Opens the directory; what later takes its path is not looked at.
        ///
        /// - Parameters:
        ///   - directory: An absolute path.
        ///   - pageSize: How many entries one page of a listing looks at.
        /// - Throws: `.notFound`, `.forbidden` and what else keeps a directory from being opened.
        package init(directory: String, pageSize: Int = 1000, time: any TimeSource = SystemTime()) throws(StoreError) {
            do throws(SystemError) {
                let raw = try systemCall { unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
                tree = Tree(takingOwnershipOf: Descriptor(takingOwnershipOf: raw))
            } catch {
                var failure = StoreError(error, "“\(directory)” cannot be opened as a store")
                if failure.code == .notFound { failure.remedy = "Make the directory first, or correct the path." }
                throw failure
            }
            self.pageSize = max(1, pageSize)
            self.time = time
            var traits = StoreTraits(
                identity: "file:\(Self.resolved(directory))",
                displayName: "file:\(directory)",
                listsEverything: true,
                readsRanges: true,
                describesNodes: tree.keepsExtendedAttributes
            )
            traits.isWritable = tree.isWritable
            traits.renaming = .anywhere
            traits.listsVersions = true
            self.traits = traits
        }

        private static func resolved(_ directory: String) -> String {
            guard let path = unsafe realpath(directory, nil) else { return directory }
            defer { unsafe free(path) }
            return unsafe String(cString: path)
        }

        @available(*, noasync, message: "this waits for the disk")
        package func node(at location: Location, until cancellation: Cancellation) throws(StoreError) -> Node {
            try settledNode(at: try path(location), until: cancellation)
        }

        @available(*, noasync, message: "this waits for the disk")
        package func child(named name: String, of location: Location, until cancellation: Cancellation)
            throws(StoreError) -> Node
        {
            for path in try path(location).children(named: name) where !TemporaryName.matches(path.lastName) {
                do throws(StoreError) {
                    return try settledNode(at: path, until: cancellation)
                } catch {
                    if error.code != .notFound { throw error }
                }
            }
            throw StoreError(.notFound, "\(traits.displayName) has nothing named “\(name)” in “\(location)”")
        }

        /// Waits out the file system's clock for a file that was changed within its last tick, so that the version told
        /// stands for these bytes alone. A file that is being written all the time is told as it is at last.
        func settledNode(at path: RelativePath, until cancellation: Cancellation) throws(StoreError) -> Node {
            var attempts = 3
            while true {
                try check(cancellation, "Looking up “\(path.location)”")
                let found: (status: FileStatus, node: Node)
                do throws(SystemError) {
                    let place = try tree.place(of: path)
                    let status = try settled(within: 3, until: cancellation) { () throws(SystemError) in
                        try place.status()
                    }
                    let target = status.isLink ? try place.linkTarget() : []
                    guard let node = node(at: path, status, linkTarget: target, place.attributes) else {
                        throw SystemError(number: ENOENT)
                    }
                    found = (status, node)
                } catch {
                    // EINVAL: it became something else between being a link and being asked for its target.
                    guard error.number == EINVAL, attempts > 0 else {
                        throw StoreError(error, "“\(path.location)” in \(traits.displayName)")
                    }
                    attempts -= 1
                    continue
                }
                if found.status.isRegular, !isSettled(found.status) {
                    try check(cancellation, "Looking up “\(path.location)”")
                }
                return found.node
            }
        }

        /// What `look` tells once the file system's clock has moved on from the last change; a file that is written all the
        /// time, or whose caller has given up, is told as it is at last.
        func settled(
            within attempts: Int,
            until cancellation: Cancellation,
            _ look: () throws(SystemError) -> FileStatus
        ) throws(SystemError) -> FileStatus {
            var status = try look()
            for _ in 0..<attempts {
                let wait = status.timeToSettle(at: time.wallNanoseconds())
                guard status.isRegular, wait > .zero, cancellation.sleep(wait) else { break }
                status = try look()
            }
            return status
        }

        /// - Parameter linkTarget: Only looked at for a link.
        /// - Returns: Nil for what a store does not show.
        func node(
            at path: RelativePath,
            _ status: FileStatus,
            linkTarget: [UInt8],
            _ attributes: ExtendedAttributes
        ) -> Node? {
            let location = path.location
            var node = Node(location: location, name: path.name, kind: .directory, modified: status.modified)
            node.attributes.id = location.rawValue
            if status.isRegular {
                node.kind = .file
                node.size = status.size
                node.version = status.version
            } else if status.isLink {
                let target = String(validating: linkTarget, as: UTF8.self) ?? PathEscape.text(of: linkTarget)
                node.kind = .link(target: target)
            } else if !status.isDirectory {
                return nil
            }
            if !status.isLink { describe(&node, attributes) }
            return node
        }

        /// - Throws: `.invalid` for what is no location, `.notFound` for one that leads through what this store hides.
        func path(_ location: Location) throws(StoreError) -> RelativePath {
            let path = try RelativePath(location)
            guard !path.names.contains(where: TemporaryName.matches) else {
                throw StoreError(.notFound, "There is no “\(location)” in \(traits.displayName)")
            }
            return path
        }

        func requireWritable() throws(StoreError) {
            guard !traits.isWritable else { return }
            throw StoreError(
                .readOnly,
                "\(traits.displayName) cannot be written by this user",
                remedy: "Give the user who mounts the permission to write the directory."
            )
        }

        func isSettled(_ status: FileStatus) -> Bool {
            status.timeToSettle(at: time.wallNanoseconds()) == .zero
        }

        func check(_ cancellation: Cancellation, _ operation: String) throws(StoreError) {
            if let reason = cancellation.reason { throw StoreError(reason, during: operation) }
        }
    }
}
