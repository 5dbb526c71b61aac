internal import Glibc

/// State under a lock that threads can wait on: a pthread mutex with its condition variable.
///
/// `Synchronization.Mutex` has no way to wait for a change; everything in this process that waits, waits here.
///
/// Sendable although unchecked: `state` is only touched between `pthread_mutex_lock` and `_unlock`, the two pthread
/// objects are made for sharing, and their storage lives exactly as long as the object.
@safe package final class Monitor<State>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    package init(_ state: sending State) {
        self.state = state
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Reads or changes the state without waking anyone.
    package func withLock<Answer, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Changes the state and wakes every waiter, so that each looks again.
    package func update<Answer, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        unsafe pthread_mutex_lock(mutex)
        defer {
            unsafe pthread_cond_broadcast(condition)
            unsafe pthread_mutex_unlock(mutex)
        }
        return try body(&state)
    }

    /// Waits until `body` answers something, looking again after each ``update(_:)``.
    ///
    /// - Returns: What `body` answered, or nil when `deadline` passed first.
    @available(*, noasync, message: "this blocks the calling thread")
    package func wait<Answer>(until deadline: Deadline, _ body: (inout State) -> Answer?) -> Answer? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let answer = body(&state) { return answer }
            // Wake-ups may be spurious: the loop asks again, whatever the reason.
            guard let moment = deadline.time else {
                unsafe pthread_cond_wait(condition, mutex)
                continue
            }
            var limit = timespec(
                tv_sec: Int(moment.nanoseconds / 1_000_000_000),
                tv_nsec: Int(moment.nanoseconds % 1_000_000_000)
            )
            if unsafe pthread_cond_timedwait(condition, mutex, &limit) == ETIMEDOUT {
                return body(&state)
            }
        }
    }

    /// The same, given up as well when `cancellation` is cancelled or its deadline passes.
    ///
    /// - Returns: What `body` answered, or nil when it was given up; `cancellation.reason` then says why.
    @available(*, noasync, message: "this blocks the calling thread")
    package func wait<Answer>(until cancellation: Cancellation, _ body: (inout State) -> Answer?) -> Answer? {
        let registration = cancellation.onCancel { [weak self] in self?.update { _ in } }
        defer { cancellation.forget(registration) }
        // A nested optional tells "gave up" (.some(nil)) from "not yet" (nil).
        let answer: Answer?? = wait(until: cancellation.deadline) { state in
            if let answer = body(&state) { return .some(answer) }
            return cancellation.isCancelled ? .some(nil) : nil
        }
        return answer ?? nil
    }
}
