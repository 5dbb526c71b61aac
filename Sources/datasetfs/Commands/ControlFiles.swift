internal import DatasetVFS
internal import FoundationEssentials
internal import Glibc

/// The files of a mount's control directory, as this program reads them.
enum ControlFiles {
    static func status(of mountPoint: String) -> StatusReport? {
        guard let bytes = read(mountPoint + "/.datasetfs/status") else { return nil }
        // Another version of this program may serve that mount: what cannot be read is no status.
        return try? JSONDecoder().decode(StatusReport.self, from: Data(bytes))
    }

    /// Oldest first.
    static func errors(of mountPoint: String) -> [ErrorLine]? {
        lines(of: mountPoint + "/.datasetfs/errors")
    }

    /// What the store does not have yet, oldest first.
    static func queue(of mountPoint: String) -> [QueueLine]? {
        lines(of: mountPoint + "/.datasetfs/queue")
    }

    private static func lines<Line: Decodable>(of path: String) -> [Line]? {
        guard let bytes = read(path) else { return nil }
        let decoder = JSONDecoder()
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { try? decoder.decode(Line.self, from: Data($0)) }
    }

    static func read(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }
}
