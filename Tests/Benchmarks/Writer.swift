import Foundation

/// Writes files as programs do, with plain system calls.
enum Writer {
    /// Writes so many megabytes in pieces of 1 MiB and closes the file.
    ///
    /// - Parameter synchronizes: fsync before close, as the journal does behind the mount's close.
    static func sequential(_ path: String, megabytes: Int, synchronizes: Bool) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw failure(path) }
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        for index in piece.indices { piece[index] = UInt8(truncatingIfNeeded: index &* 2_654_435_761 >> 7) }
        var left = megabytes * 1_000_000
        while left > 0 {
            // No two pieces are alike: nothing on the way can fold them.
            withUnsafeBytes(of: left) { bytes in piece.replaceSubrange(0..<bytes.count, with: bytes) }
            let count = write(descriptor, piece, min(left, piece.count))
            guard count > 0 else { throw failure(path) }
            left -= count
        }
        if synchronizes, fsync(descriptor) != 0 { throw failure(path) }
        guard close(descriptor) == 0 else { throw failure(path) }
    }

    /// A folder of files of random bytes.
    static func folder(_ path: String, files: Int, bytes: Int) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        var generator = SystemRandomNumberGenerator()
        for index in 0..<files {
            let content = (0..<bytes).map { _ in UInt8.random(in: 0...255, using: &generator) }
            try Data(content).write(to: URL(fileURLWithPath: path + "/f\(index).bin"))
        }
    }

    static func failure(_ path: String) -> BenchmarkError {
        BenchmarkError(description: "\(path): \(String(cString: strerror(errno)))")
    }
}
