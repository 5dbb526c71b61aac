internal import CFUSE
internal import Glibc
internal import Synchronization

/// libfuse's own messages, which would go raw to stderr: one sink for the process, because libfuse has one.
package enum LibraryLog {
    private struct State {
        var sink: (@Sendable (_ message: String, _ isError: Bool) -> Void)?
        /// What is being gathered instead, while a mount is tried.
        var gathered: [String]?
    }

    private static let state = Mutex(State())

    /// Sends messages to `sink` from now on, on whatever thread they arise.
    package static func redirect(to sink: @escaping @Sendable (_ message: String, _ isError: Bool) -> Void) {
        state.withLock { $0.sink = sink }
        install()
    }

    /// Runs `body` and answers what libfuse said meanwhile, one sentence per line.
    static func gathering<Answer>(_ body: () -> Answer) -> (answer: Answer, messages: [String]) {
        install()
        state.withLock { $0.gathered = [] }
        let answer = body()
        let messages = state.withLock { state in
            defer { state.gathered = nil }
            return state.gathered ?? []
        }
        return (answer, messages)
    }

    private static func install() {
        unsafe fuse_set_log_func { level, format, arguments in
            guard let format = unsafe format, let arguments = unsafe arguments else { return }
            var text = [CChar](repeating: 0, count: 1024)
            let length = unsafe vsnprintf(&text, text.count, format, arguments)
            guard length > 0 else { return }
            let bytes = text.prefix(min(Int(length), text.count - 1)).map { UInt8(bitPattern: $0) }
            LibraryLog.take(String(decoding: bytes, as: UTF8.self), isError: level.rawValue <= FUSE_LOG_ERR.rawValue)
        }
    }

    private static func take(_ text: String, isError: Bool) {
        let message = text.hasSuffix("\n") ? String(text.dropLast()) : text
        let sink = state.withLock { state in
            guard state.gathered == nil else {
                state.gathered?.append(message)
                return nil as (@Sendable (String, Bool) -> Void)?
            }
            return state.sink
        }
        sink?(message, isError)
    }
}
