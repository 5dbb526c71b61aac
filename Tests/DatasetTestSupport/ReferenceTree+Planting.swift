internal import DatasetModel
internal import Glibc

/// What kept a tree from being written to disk.
package struct PlantingError: Error, CustomStringConvertible {
    package let description: String
}

extension ReferenceTree {
    /// Writes the whole tree into an existing directory.
    package func plant(in directory: String) throws(PlantingError) {
        for path in paths {
            guard let entry = entries[path] else { continue }
            try Self.plant(entry, at: "\(directory)/\(path.text)")
        }
    }

    /// Writes one entry; a file that is there is replaced in place, as `cp` does.
    package static func plant(_ entry: Entry, at path: String) throws(PlantingError) {
        switch entry {
        case .directory:
            guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure("mkdir", path) }
        case .link(let target):
            guard unsafe symlink(target, path) == 0 else { throw failure("symlink", path) }
        case .file(let content):
            let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw failure("open", path) }
            defer { close(descriptor) }
            var offset: UInt64 = 0
            while offset < content.size {
                let part = content.bytes(in: ByteRange(offset: offset, count: 4 << 20))
                let count = unsafe write(descriptor, part, part.count)
                guard count > 0 else { throw failure("write", path) }
                offset += UInt64(count)
            }
        }
    }

    private static func failure(_ call: String, _ path: String) -> PlantingError {
        let number = errno
        return PlantingError(description: "\(call) \(path): errno \(number)")
    }
}
