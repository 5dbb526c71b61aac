internal import DatasetSync
internal import Glibc

/// Starts the mount in a process of its own and waits until it answers.
///
/// The process is this program anew (no fork after threads), in a session of its own. Over a pipe it says `ready`, or
/// its exit status and first error, which this process repeats word for word.
enum Background {
    static func start(arguments: [String], logFile: String, mountPoint: String) throws(Failure) {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw Failure(.failed, "no pipe: \(lastError()).") }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        defer { close(readEnd) }
        // Only the write end goes to the child.
        _ = fcntl(readEnd, F_SETFD, FD_CLOEXEC)
        let process: pid_t
        do throws(Failure) {
            process = try spawn(arguments, telling: writeEnd, logFile: logFile)
        } catch {
            close(writeEnd)
            throw error
        }
        close(writeEnd)
        let answer = ReadyLine.read(from: readEnd)
        switch answer {
        case .ready(let warning):
            if let warning { Console.error("datasetfs: \(warning)") }
            // The kernel has mounted it; the first answer shows that requests are served.
            var status = statvfs()
            _ = unsafe statvfs(mountPoint, &status)
        case .failed(let failure):
            reap(process)
            throw failure
        case .silent:
            reap(process)
            throw Failure(.failed, "the mount ended before it answered; its log is \(logFile).")
        }
    }

    /// Becomes this program with other arguments: one way to parse them for all who ask.
    static func runAgain(_ arguments: [String]) throws(Failure) {
        var vector: [UnsafeMutablePointer<CChar>?] =
            unsafe (["datasetfs"] + arguments).map { unsafe strdup($0) } + [nil]
        _ = unsafe execv(executable, &vector)
        let reason = lastError()
        unsafe vector.forEach { unsafe free($0) }
        throw Failure(.failed, "cannot start anew: \(reason).")
    }

    /// Where the child finds the pipe.
    private static let readyDescriptor: Int32 = 3

    private static func spawn(_ arguments: [String], telling pipe: Int32, logFile: String) throws(Failure) -> pid_t {
        let arguments = arguments + ["--ready-descriptor", "\(readyDescriptor)"]
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(
            &actions,
            STDOUT_FILENO,
            logFile,
            O_WRONLY | O_CREAT | O_APPEND,
            0o600
        )
        unsafe posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        // What this process inherited is not the mount's to hold: who waits for its end would wait for ever.
        unsafe posix_spawn_file_actions_adddup2(&actions, pipe, readyDescriptor)
        for descriptor in openDescriptors where descriptor > readyDescriptor {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var process = pid_t()
        var vector: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe vector.forEach { unsafe free($0) } }
        let status = unsafe posix_spawn(&process, executable, &actions, nil, &vector, environ)
        guard status == 0 else {
            throw Failure(
                .failed,
                "cannot start the mount in the background (log file \(logFile)): \(text(of: status))."
            )
        }
        return process
    }

    /// proc(5) lists them; closing one that is open no more is no error to posix_spawn(3).
    private static var openDescriptors: [Int32] {
        guard let directory = unsafe opendir("/proc/self/fd") else { return [] }
        defer { unsafe closedir(directory) }
        var result: [Int32] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            if let number = Int32(name) { result.append(number) }
        }
        return result
    }

    /// This program's file, by its name, so that process lists show it.
    private static var executable: String {
        let link = "/proc/self/exe"
        guard let resolved = unsafe realpath(link, nil) else { return link }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    private static func reap(_ process: pid_t) {
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    static func lastError() -> String { text(of: errno) }

    private static func text(of code: Int32) -> String {
        unsafe String(cString: strerror(code))
    }
}
