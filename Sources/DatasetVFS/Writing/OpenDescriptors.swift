internal import Glibc

/// What a process has open, as far as proc(5) tells.
enum OpenDescriptors {
    /// The process has a file open whose path ends so; not being able to look counts as no.
    ///
    /// - Parameter path: Below the mount point, beginning with `/`.
    static func hasAnother(_ path: String, in process: Int32) -> Bool {
        let folder = "/proc/\(process)/fd"
        guard process > 0, let stream = unsafe opendir(folder) else { return false }
        defer { unsafe closedir(stream) }
        let suffix = path.utf8.map { CChar(bitPattern: $0) }
        var buffer = [CChar](repeating: 0, count: 4096)
        while let entry = unsafe readdir(stream) {
            let number = unsafe entry.pointee.d_name.0
            guard number >= 48, number <= 57 else { continue }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 16) { unsafe String(cString: $0) }
            }
            let count = unsafe readlink("\(folder)/\(name)", &buffer, buffer.count)
            if count >= suffix.count, buffer[(count - suffix.count)..<count].elementsEqual(suffix) { return true }
        }
        return false
    }
}
