internal import Glibc

/// One reply buffer for each thread that asks, kept as long as the thread lives.
///
/// A fresh 1 MiB allocation for each read would be mapped and faulted in every time; only touched pages take memory. A
/// pthread key, because libfuse ends idle workers and the key's destructor then gives the buffer back.
final class ReplyBuffers: Sendable {
    private let key: pthread_key_t
    private let capacity: Int

    /// - Parameter capacity: Bytes of each buffer; more than that is refused.
    /// - Returns: Nil when the process has no thread keys left.
    init?(capacity: Int) {
        self.capacity = capacity
        var key = pthread_key_t()
        guard unsafe pthread_key_create(&key, { unsafe free($0) }) == 0 else { return nil }
        self.key = key
    }

    deinit { pthread_key_delete(key) }

    /// The first `count` bytes of this thread's buffer, valid until the next call on this thread.
    ///
    /// - Returns: Nil when `count` is over the capacity or memory is short.
    func buffer(_ count: Int) -> UnsafeMutableRawBufferPointer? {
        guard count <= capacity else { return nil }
        if let known = unsafe pthread_getspecific(key) {
            return unsafe UnsafeMutableRawBufferPointer(start: known, count: count)
        }
        guard let fresh = unsafe malloc(capacity) else { return nil }
        guard unsafe pthread_setspecific(key, fresh) == 0 else {
            unsafe free(fresh)
            return nil
        }
        return unsafe UnsafeMutableRawBufferPointer(start: fresh, count: count)
    }
}
