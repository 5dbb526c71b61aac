internal import Glibc

extension Gufe {
    /// A directory being read (`readdir(3)`), from the start or from a position told before.
    @safe struct DirectoryStream: ~Copyable {
        struct Entry {
            let name: [UInt8]
            /// False for what is surely neither file, directory nor link; not every file system tells (readdir(3)).
            let mayBeListed: Bool
        }

        private let directory: Descriptor
        private let stream: OpaquePointer

        init(takingOwnershipOf directory: consuming Descriptor) throws(SystemError) {
            // The stream closes the descriptor it is given, so it gets one of its own; they share one position.
            let raw = directory.raw
            let copy = try systemCall { fcntl(raw, F_DUPFD_CLOEXEC, 0) }
            guard let stream = unsafe fdopendir(copy) else {
                let number = errno
                close(copy)
                throw SystemError(number: number)
            }
            unsafe self.stream = stream
            self.directory = directory
        }

        deinit {
            unsafe closedir(stream)
        }

        /// Where the next entry is; holds for other streams of the same directory too, as NFS servers rely on.
        var position: Int { unsafe telldir(stream) }

        func seek(to position: Int) {
            unsafe seekdir(stream, position)
        }

        /// - Returns: Nil at the end.
        func next() throws(SystemError) -> Entry? {
            while true {
                errno = 0
                guard let entry = unsafe readdir(stream) else {
                    let number = errno
                    guard number == 0 else { throw SystemError(number: number) }
                    return nil
                }
                let name = unsafe Self.name(of: entry)
                if name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")] { continue }
                let type = unsafe Int(entry.pointee.d_type)
                let mayBeListed = [DT_REG, DT_DIR, DT_LNK, DT_UNKNOWN].contains { Int($0) == type }
                return Entry(name: name, mayBeListed: mayBeListed)
            }
        }

        func status(of name: [UInt8]) throws(SystemError) -> FileStatus {
            try FileStatus(of: name, in: directory)
        }

        func linkTarget(of name: [UInt8]) throws(SystemError) -> [UInt8] {
            try Gufe.linkTarget(of: name, in: directory)
        }

        func removeLeftover(_ name: [UInt8], at now: Int64) {
            _ = Gufe.removeLeftover(name, in: directory, at: now)
        }

        func attributes(of name: [UInt8]) -> ExtendedAttributes {
            ExtendedAttributes(of: name, in: directory)
        }

        /// The entry is only as long as its name: nothing may be read behind the NUL, so `d_name` is not copied out.
        private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
            let offset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 19
            let start = unsafe UnsafeRawPointer(entry) + offset
            let length = unsafe strlen(start.assumingMemoryBound(to: CChar.self))
            return unsafe Array(UnsafeRawBufferPointer(start: start, count: length))
        }
    }
}
