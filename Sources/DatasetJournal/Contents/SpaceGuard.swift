internal import DatasetSync
internal import Glibc
internal import Synchronization

/// Keeps a part of the disk free, so that what has been written can still be committed.
final class SpaceGuard: Sendable {
    private struct State {
        var free: UInt64 = 0
        var askedAt: MonotonicTime?
    }

    /// An answer of the file system holds for that long, and for so many bytes.
    private static let validity = Duration.milliseconds(100)
    private static let step: UInt64 = 16 << 20

    private let path: String
    private let reserve: UInt64
    private let time: any TimeSource
    private let state = Mutex(State())

    init(path: String, reserve: UInt64, time: any TimeSource = SystemTime()) {
        self.path = path
        self.reserve = reserve
        self.time = time
    }

    /// Lets so many more bytes be written.
    ///
    /// - Throws: `.full` when the reserve would be touched; that is never said from memory.
    func admit(_ bytes: UInt64) throws(JournalError) {
        let now = time.now()
        let isAdmitted = state.withLock { state in
            let isFresh = state.askedAt.map { now - $0 < Self.validity } ?? false
            if isFresh, bytes < Self.step, state.free >= reserve.addingSaturated(bytes) {
                state.free -= bytes
                return true
            }
            let free = freeBytes()
            state.askedAt = now
            guard free >= reserve.addingSaturated(bytes) else {
                state.free = 0
                return false
            }
            // Only one step is spent unasked.
            state.free = min(free - bytes, reserve.addingSaturated(Self.step))
            return true
        }
        guard isAdmitted else {
            throw JournalError(
                .full,
                "writing \(bytes) bytes would leave less than \(reserve >> 20) MiB on the disk of \(path); "
                    + "make room there, or let pending uploads finish"
            )
        }
    }

    /// Bytes that an ordinary process may still write on this file system.
    private func freeBytes() -> UInt64 {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return .max }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? .max : bytes
    }
}

extension UInt64 {
    fileprivate func addingSaturated(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
