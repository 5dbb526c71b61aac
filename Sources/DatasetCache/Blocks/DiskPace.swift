/// Decides from how long direct writes took whether the disk is fast enough for them. Performs nothing itself.
///
/// A direct write spares a copy and memory, but whoever waits for room in memory waits for the disk then. A disk that is
/// slower than most networks is better written through the page cache, which takes much at once.
struct DiskPace {
    /// Bytes a second from which on direct writes pay.
    static let floor = 64 << 20
    /// So much is written between one judgement and the next.
    static let sample = 8 << 20
    /// So much goes through the page cache before a slow disk is tried again.
    static let pause = 128 << 20

    private var bytes = 0
    private var time = Duration.zero
    private var isSlow = false
    private var passed = 0

    /// Whether so many bytes are to be written directly.
    mutating func takes(_ count: Int) -> Bool {
        guard isSlow else { return true }
        passed += count
        guard passed >= Self.pause else { return false }
        passed = 0
        return true
    }

    /// A direct write is done.
    mutating func note(_ count: Int, in duration: Duration) {
        bytes += count
        time += duration
        guard isSlow || bytes >= Self.sample else { return }
        isSlow = time * Self.floor > .seconds(1) * bytes
        bytes = 0
        time = .zero
    }
}
