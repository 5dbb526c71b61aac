extension Cancellation {
    /// Waits on the calling thread, by the system's clock; returns at once when the operation is over.
    ///
    /// - Returns: False when the operation is over, and there is nothing to wait for any more.
    @available(*, noasync, message: "this blocks the calling thread")
    @discardableResult
    package func sleep(_ interval: Duration) -> Bool {
        let monitor = Monitor(())
        let registration = onCancel { monitor.update { _ in } }
        defer { forget(registration) }
        _ = monitor.wait(until: Deadline.after(interval).earlier(deadline)) { _ in isCancelled ? true : nil }
        return !isCancelled
    }
}
