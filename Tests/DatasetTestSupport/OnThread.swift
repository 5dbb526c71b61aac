internal import DatasetSync

/// Runs `body` on a thread of its own and suspends until it has ended.
///
/// The door from an async test to functions that wait: a test that waited on Swift's cooperative pool would take one of
/// its few threads away from the others.
package func onThread<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
    let outcome: Result<Value, Failure> = await withCheckedContinuation { continuation in
        let thread = OwnedThread(name: "test") {
            do throws(Failure) {
                continuation.resume(returning: .success(try body()))
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        precondition(thread != nil, "the system has no thread left for a test")
    }
    return try outcome.get()
}
