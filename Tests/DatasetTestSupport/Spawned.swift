internal import Foundation
internal import Glibc
internal import Synchronization

struct SpawnFailure: Error {
    let number: Int32
}

/// A child process just started, with the reading ends of its output; whoever holds it closes them and takes its status.
struct Spawned {
    let pid: Int32
    let output: Int32
    let error: Int32

    /// `pipe2(2)` is not imported: between making a pipe and marking it close-on-exec, no other child may be started,
    /// or it would inherit the writing end and the reader would never see the end.
    private static let oneAtATime = Mutex(())

    init(_ words: [String], environment: [String: String], input: [UInt8]) throws(SpawnFailure) {
        self = try Self.oneAtATime.withLock { _ throws(SpawnFailure) in
            try Self.spawn(words, environment: environment, input: input)
        }
    }

    private init(pid: Int32, output: Int32, error: Int32) {
        self.pid = pid
        self.output = output
        self.error = error
    }

    private static func spawn(
        _ words: [String],
        environment: [String: String],
        input: [UInt8]
    ) throws(SpawnFailure) -> Spawned {
        let stdin = try inputDescriptor(holding: input)
        let (output, outputEnd) = try pipePair()
        let (error, errorEnd) = try pipePair()
        defer { for descriptor in [stdin, outputEnd, errorEnd] { close(descriptor) } }

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, target) in [(stdin, STDIN_FILENO), (outputEnd, STDOUT_FILENO), (errorEnd, STDERR_FILENO)] {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, target)
        }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // A fresh start: no signal blocked or ignored, whatever this process does with them.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        var pid: Int32 = 0
        let status = unsafe withCStrings(words) { words in
            unsafe withCStrings(variables) { variables in
                guard let program = unsafe words.first ?? nil else { return EINVAL }
                return unsafe posix_spawnp(&pid, program, &actions, &attributes, words, variables)
            }
        }
        guard status == 0 else {
            close(output)
            close(error)
            throw SpawnFailure(number: status)
        }
        return Spawned(pid: pid, output: output, error: error)
    }

    private static func pipePair() throws(SpawnFailure) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw SpawnFailure(number: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// A file without a name, so that a child that reads nothing cannot stop or kill the writer as a pipe would.
    private static func inputDescriptor(holding input: [UInt8]) throws(SpawnFailure) -> Int32 {
        guard !input.isEmpty else {
            let descriptor = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw SpawnFailure(number: errno) }
            return descriptor
        }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("stdin-\(UUID().uuidString)").path
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SpawnFailure(number: errno) }
        _ = unsafe unlink(path)
        var written = 0
        while written < input.count {
            let count = unsafe input[written...].withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                close(descriptor)
                throw SpawnFailure(number: errno)
            }
            written += count
        }
        lseek(descriptor, 0, SEEK_SET)
        return descriptor
    }

    /// A NULL-ended array of C strings that live during the call.
    private static func withCStrings<Answer>(
        _ strings: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Answer
    ) -> Answer {
        let pointers = unsafe strings.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe body(pointers)
    }
}
