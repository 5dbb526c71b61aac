import Foundation
import Hummingbird

/// The files under the root: `objects/` holds what is complete, `uploads/` what is not, `buckets/` what others put
/// there to be registered. Objects are only ever renamed into place, so none is half visible.
struct ObjectStore: Sendable {
    let root: String

    init(root: String) throws {
        self.root = root
        for folder in ["objects", "uploads", "buckets"] {
            try FileManager.default.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
        }
    }

    func objectFolder(_ key: String) -> String { "\(root)/objects/\(key.prefix(2))/\(key)" }
    func uploadFolder(_ id: String) -> String { "\(root)/uploads/\(id)" }

    /// Opens an object of ours.
    func content(of record: ObjectRecord) throws -> ObjectContent {
        let source: ObjectContent.Source
        if let pattern = record.pattern {
            source = .pattern(pattern)
        } else {
            let folder = objectFolder(record.key)
            source = .files(
                try record.segments.enumerated().map { index, size in
                    (file: try OpenFile("\(folder)/\(index + 1)"), size: size)
                }
            )
        }
        return ObjectContent(source: source, size: record.size, etag: record.etag, hashes: record.hashes)
    }

    /// Opens a file of a bucket; its ETag comes from size and time, as it has no checksum.
    func content(bucket: String, path: String) throws -> ObjectContent? {
        guard let place = bucketPath(bucket, path), let file = try? OpenFile(place) else { return nil }
        var status = stat()
        guard unsafe fstat(file.descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let size = Int(status.st_size)
        let etag = "\(String(status.st_mtim.tv_sec, radix: 16))-\(String(status.st_mtim.tv_nsec, radix: 16))-\(size)"
        return ObjectContent(source: .files([(file, size)]), size: size, etag: etag, hashes: nil)
    }

    /// Puts a finished upload in the place of an object; atomic, and on disk before it returns. Blocks.
    func publish(upload id: String, as key: String) throws {
        let target = objectFolder(key)
        let parent = "\(root)/objects/\(key.prefix(2))"
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try synchronizeFolder(uploadFolder(id))
        if unsafe rename(uploadFolder(id), target) != 0, errno != ENOENT || !exists(target) {
            throw FileError(call: "rename", path: target, code: errno)
        }
        try synchronizeFolder(parent)
        try synchronizeFolder("\(root)/objects")
    }

    /// Makes a second object of the same bytes. Blocks.
    func copy(object key: String, as copy: String) throws {
        let parent = "\(root)/objects/\(copy.prefix(2))"
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: objectFolder(key), toPath: objectFolder(copy))
    }

    /// Forgets an object's or an upload's files; what is not there any more is no error.
    func remove(object key: String) {
        try? FileManager.default.removeItem(atPath: objectFolder(key))
    }

    func remove(upload id: String) {
        try? FileManager.default.removeItem(atPath: uploadFolder(id))
    }

    private func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    private func synchronizeFolder(_ path: String) throws {
        try OpenFile(path, flags: O_RDONLY | O_DIRECTORY).synchronize()
    }
}

extension ObjectStore {
    /// Where a bucket's object lies; nil for a name that would lead out of the bucket.
    func bucketPath(_ bucket: String, _ path: String) -> String? {
        let names = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !bucket.isEmpty, !bucket.contains("/"), !bucket.hasPrefix("."), !names.contains("..") else { return nil }
        return "\(root)/buckets/\(bucket)/\(path)"
    }

    /// The paths of a bucket's objects that begin with `prefix`, in order. Blocks.
    func objects(inBucket bucket: String, prefix: String) -> [String] {
        guard let folder = bucketPath(bucket, ""), let walk = FileManager.default.enumerator(atPath: folder) else {
            return []
        }
        var found: [String] = []
        for case let path as String in walk {
            var isFolder: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: folder + path, isDirectory: &isFolder) else { continue }
            if !isFolder.boolValue, path.hasPrefix(prefix) { found.append(path) }
        }
        return found.sorted()
    }
}
