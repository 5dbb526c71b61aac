import Foundation

/// Reads files as programs do, with plain system calls.
enum Reader {
    /// Reads to the end in pieces of 1 MiB.
    ///
    /// - Returns: Bytes read.
    static func sequential(_ path: String) throws -> Int {
        let descriptor = try opened(path)
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var total = 0
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw BenchmarkError(description: "\(path): \(String(cString: strerror(errno)))") }
            guard count > 0 else { return total }
            total += count
        }
    }

    /// Reads 4 KiB at each offset.
    static func random(_ path: String, _ offsets: [Int]) throws {
        let descriptor = try opened(path)
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        for offset in offsets {
            guard pread(descriptor, &buffer, buffer.count, off_t(offset)) > 0 else {
                throw BenchmarkError(description: "\(path) at \(offset): \(String(cString: strerror(errno)))")
            }
        }
    }

    private static func opened(_ path: String) throws -> Int32 {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw BenchmarkError(description: "\(path): \(String(cString: strerror(errno)))") }
        return descriptor
    }
}
