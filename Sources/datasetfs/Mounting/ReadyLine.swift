internal import Glibc
internal import Synchronization

/// What a mount in the background tells the process that started it, once.
final class ReadyLine: Sendable {
    enum Answer {
        case ready(warning: String?)
        case failed(Failure)
        case silent
    }

    /// Nil once it has been told: the number may be another file's by then.
    private let descriptor: Mutex<Int32?>

    init(descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
    }

    func ready(warning: String?) {
        say("ready\n\(warning ?? "")")
    }

    func fail(_ failure: Failure) {
        say("\(failure.status.rawValue)\n\(failure.message)")
    }

    private func say(_ text: String) {
        guard let descriptor = descriptor.withLock({ $0.take() }) else { return }
        Console.write(text, to: descriptor)
        close(descriptor)
    }

    static func read(from descriptor: Int32) -> Answer {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstIndex(of: "\n") else { return .silent }
        let message = String(text[text.index(after: end)...])
        if text[..<end] == "ready" { return .ready(warning: message.isEmpty ? nil : message) }
        let status = Int32(text[..<end]).flatMap(ExitStatus.init) ?? .failed
        return .failed(Failure(status, message))
    }
}
