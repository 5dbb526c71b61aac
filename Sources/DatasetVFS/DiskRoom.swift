internal import Glibc

/// Room on the disk that holds a directory, in bytes; zeros when it cannot be asked.
struct DiskRoom {
    var total: UInt64 = 0
    var free: UInt64 = 0

    init(of directory: String) {
        var answer = statvfs()
        guard unsafe statvfs(directory, &answer) == 0 else { return }
        total = UInt64(answer.f_blocks) * UInt64(answer.f_frsize)
        free = UInt64(answer.f_bavail) * UInt64(answer.f_frsize)
    }
}
