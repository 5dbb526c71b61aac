internal import DatasetManifest
internal import DatasetModel
internal import Glibc
internal import Synchronization

/// Manifests that were written to this mount, by directory, for what is made in those directories later.
///
/// One file each in the state directory, written whole under another name, synced and renamed:
///
///     bytes of the location, a space, the location, a newline, the manifest as JSON
final class ManifestMemory: Sendable {
    private let directory: String
    private let manifests: Mutex<[Location: Manifest]>

    /// Reads what earlier mounts remembered; a file that cannot be read is passed over.
    init(directory: String) {
        self.directory = directory
        if unsafe mkdir(directory, 0o700) == 0 { _ = Self.sync(directory + "/..") }
        var known: [Location: Manifest] = [:]
        for name in Self.names(in: directory) {
            guard let bytes = Self.bytes(of: "\(directory)/\(name)"), let read = Self.parsed(bytes) else { continue }
            known[read.location] = read.manifest
        }
        manifests = Mutex(known)
    }

    var isEmpty: Bool { manifests.withLock { $0.isEmpty } }

    subscript(location: Location) -> Manifest? { manifests.withLock { $0[location] } }

    /// - Returns: False when the disk does not take it: nothing is remembered then.
    func remember(_ manifest: Manifest, for location: Location) -> Bool {
        let text = location.rawValue
        let bytes = Array("\(text.utf8.count) \(text)\n".utf8) + manifest.rendered(as: .json)
        guard Self.write(bytes, to: "\(directory)/\(Self.name(of: text))"), Self.sync(directory) else { return false }
        manifests.withLock { $0[location] = manifest }
        return true
    }

    private static func parsed(_ bytes: [UInt8]) -> (location: Location, manifest: Manifest)? {
        guard let space = bytes.firstIndex(of: UInt8(ascii: " ")),
            let count = Int(String(decoding: bytes[..<space], as: UTF8.self)), count >= 0,
            space + 1 + count < bytes.count,
            let manifest = try? Manifest(parsing: Array(bytes[(space + 2 + count)...]), as: .json, directoryName: nil)
        else { return nil }
        return (Location(String(decoding: bytes[(space + 1)..<(space + 1 + count)], as: UTF8.self)), manifest)
    }

    // MARK: - The disk

    private static func names(in directory: String) -> [String] {
        guard let stream = unsafe opendir(directory) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix("."), !name.hasSuffix(".new") { names.append(name) }
        }
        return names
    }

    private static func bytes(of path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        return count == bytes.count ? bytes : nil
    }

    private static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let descriptor = unsafe open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        let isSynced = count == bytes.count && fsync(descriptor) == 0
        guard close(descriptor) == 0, isSynced else { return false }
        return unsafe rename(path + ".new", path) == 0
    }

    /// The names in a directory survive a power cut from here on.
    private static func sync(_ directory: String) -> Bool {
        let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    /// FNV-1a, 16 hexadecimal digits; of two locations that share them the later one is remembered.
    private static func name(of location: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in location.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
