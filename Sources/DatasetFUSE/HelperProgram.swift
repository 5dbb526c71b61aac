internal import Glibc

/// Runs one small program to its end and gathers what it says.
enum HelperProgram {
    /// - Parameter arguments: The program's absolute path first.
    /// - Returns: Its exit status (128 and the signal when one ended it) and what it wrote to stderr; nil when it could
    ///   not be started.
    @available(*, noasync, message: "this blocks the calling thread")
    static func run(_ arguments: [String]) -> (status: Int32, words: String)? {
        guard let program = arguments.first else { return nil }
        var pipe: [Int32] = [-1, -1]
        guard unsafe Glibc.pipe(&pipe) == 0 else { return nil }
        for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(pipe[0]) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, pipe[1], STDERR_FILENO)
        let vector: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe vector.forEach { unsafe free($0) } }
        var process = pid_t()
        let status = unsafe posix_spawn(&process, program, &actions, nil, vector, environ)
        close(pipe[1])
        guard status == 0 else { return nil }
        // Ends when the program has closed its end.
        let words = SmallFile.text(pipe[0])
        var exit: Int32 = 0
        while unsafe waitpid(process, &exit, 0) < 0 {
            guard errno == EINTR else { return nil }
        }
        let signal = exit & 0x7F
        return (signal == 0 ? (exit >> 8) & 0xFF : 128 + signal, words.trimmed)
    }
}

extension String {
    fileprivate var trimmed: String {
        split(separator: "\n").joined(separator: "; ")
    }
}
