internal import Glibc

extension Gufe {
    /// An open file or directory; closed when it goes.
    struct Descriptor: ~Copyable, Sendable {
        let raw: Int32

        init(takingOwnershipOf raw: Int32) {
            self.raw = raw
        }

        deinit {
            close(raw)
        }
    }

    /// `O_PATH` of open(2), which the Glibc module does not import: a directory to go through, without the right to list it.
    /// The value is that of asm-generic/fcntl.h, the same on x86-64 and arm64.
    private static let onlyAsPath: Int32 = 0o10000000

    /// A directory tree that can only be entered from its top: no name leads up and no link is followed.
    struct Tree: ~Copyable, Sendable {
        private let top: Descriptor

        init(takingOwnershipOf top: consuming Descriptor) {
            self.top = top
        }

        /// The way to a thing, walked once; whether there is such a thing is not asked.
        func place(of path: RelativePath) throws(SystemError) -> Place {
            guard let name = path.names.last else { return Place(directory: try directoryToPass(.root), name: here) }
            return Place(directory: try directoryToPass(path.parent), name: name)
        }

        func openDirectory(_ path: RelativePath) throws(SystemError) -> Descriptor {
            try openName(here, in: try directoryToPass(path), O_RDONLY | O_DIRECTORY)
        }

        /// Opens a regular file; the answer is still to be asked what it is, since it may change before it is opened.
        ///
        /// Never a device or a pipe, whose mere opening may have an effect.
        ///
        /// - Throws: ENOENT when it is no regular file.
        func openFile(_ path: RelativePath) throws(SystemError) -> Descriptor {
            let place = try place(of: path)
            guard try place.status().isRegular else { throw SystemError(number: ENOENT) }
            return try openName(place.name, in: place.directory, O_RDONLY | O_NONBLOCK)
        }

        /// Whether this user may make, rename and remove things at the top, by what access(2) says.
        var isWritable: Bool {
            let raw = top.raw
            return unsafe faccessat(raw, ".", W_OK | X_OK, 0) == 0
        }

        var keepsExtendedAttributes: Bool {
            ExtendedAttributes(of: here, in: top).areKept
        }

        private func directoryToPass(_ path: RelativePath) throws(SystemError) -> Descriptor {
            var directory = try openName(here, in: top, onlyAsPath | O_DIRECTORY)
            for name in path.names {
                directory = try openName(name, in: directory, onlyAsPath | O_DIRECTORY)
            }
            return directory
        }
    }

    /// A name in an open directory.
    struct Place: ~Copyable {
        let directory: Descriptor
        let name: [UInt8]

        /// What `fstatat(2)` says of the thing itself, links not followed.
        func status() throws(SystemError) -> FileStatus {
            try FileStatus(of: name, in: directory)
        }

        /// - Returns: Nil when nothing is there.
        func statusIfThere() throws(SystemError) -> FileStatus? {
            try FileStatus(ifThere: name, in: directory)
        }

        /// A link's target, verbatim.
        func linkTarget() throws(SystemError) -> [UInt8] {
            try Gufe.linkTarget(of: name, in: directory)
        }

        /// What was done to the thing is on the disk when this is back, unless this user may not even open it.
        func synchronize() throws(SystemError) {
            guard let thing = try? openName(name, in: directory, O_RDONLY | O_NONBLOCK) else { return }
            try Gufe.synchronize(thing)
        }

        var attributes: ExtendedAttributes { ExtendedAttributes(of: name, in: directory) }
    }

    private static let here = [UInt8(ascii: ".")]

    /// - Parameter mode: Of a file that this makes, before the process's mask (umask(2)).
    static func openName(
        _ name: [UInt8],
        in directory: borrowing Descriptor,
        _ flags: Int32,
        mode: mode_t = 0
    ) throws(SystemError) -> Descriptor {
        let directory = directory.raw
        let raw = try systemCall {
            unsafe openat(directory, cString(name), flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, mode)
        }
        return Descriptor(takingOwnershipOf: raw)
    }

    /// What `readlinkat(2)` says, however long.
    static func linkTarget(of name: [UInt8], in directory: borrowing Descriptor) throws(SystemError) -> [UInt8] {
        let directory = directory.raw
        var buffer = [CChar](repeating: 0, count: 256)
        while true {
            let count = try systemCall { unsafe readlinkat(directory, cString(name), &buffer, buffer.count) }
            if count < buffer.count { return buffer.prefix(count).map { UInt8(bitPattern: $0) } }
            buffer = [CChar](repeating: 0, count: buffer.count * 4)
        }
    }

    static func cString(_ name: [UInt8]) -> [CChar] {
        name.map { CChar(bitPattern: $0) } + [0]
    }
}
