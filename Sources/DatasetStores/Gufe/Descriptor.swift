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

        /// What `fstatat(2)` says of the thing itself, links not followed.
        func status(of path: RelativePath) throws(SystemError) -> FileStatus {
            guard let name = path.names.last else { return try FileStatus(of: top) }
            return try FileStatus(of: name, in: try directoryToPass(path.parent))
        }

        func openDirectory(_ path: RelativePath) throws(SystemError) -> Descriptor {
            try open(path, O_RDONLY | O_DIRECTORY)
        }

        /// Opens a regular file; the answer is still to be asked what it is, since it may change before it is opened.
        ///
        /// Never a device or a pipe, whose mere opening may have an effect.
        ///
        /// - Throws: ENOENT when it is no regular file.
        func openFile(_ path: RelativePath) throws(SystemError) -> Descriptor {
            guard try status(of: path).isRegular else { throw SystemError(number: ENOENT) }
            return try open(path, O_RDONLY | O_NONBLOCK)
        }

        /// A link's target, verbatim.
        func target(of path: RelativePath) throws(SystemError) -> [UInt8] {
            guard let name = path.names.last else { throw SystemError(number: EINVAL) }
            return try linkTarget(of: name, in: try directoryToPass(path.parent))
        }

        private func open(_ path: RelativePath, _ flags: Int32) throws(SystemError) -> Descriptor {
            guard let name = path.names.last else { return try openName([UInt8(ascii: ".")], in: top, flags) }
            return try openName(name, in: try directoryToPass(path.parent), flags)
        }

        private func directoryToPass(_ path: RelativePath) throws(SystemError) -> Descriptor {
            var directory = try openName([UInt8(ascii: ".")], in: top, onlyAsPath | O_DIRECTORY)
            for name in path.names {
                directory = try openName(name, in: directory, onlyAsPath | O_DIRECTORY)
            }
            return directory
        }
    }

    private static func openName(
        _ name: [UInt8],
        in directory: borrowing Descriptor,
        _ flags: Int32
    ) throws(SystemError) -> Descriptor {
        let directory = directory.raw
        let raw = try systemCall {
            unsafe openat(directory, cString(name), flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY)
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
