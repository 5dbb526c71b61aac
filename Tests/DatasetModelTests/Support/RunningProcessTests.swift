import DatasetTestSupport
import Glibc
import Testing

@Suite("RunningProcess")
struct RunningProcessTests {
    @Test("A program's output, errors and exit code come back")
    func result() async throws {
        let result = try await runProgram(
            "sh",
            ["-c", "cat; echo \"$WORD\" >&2; pwd; exit 3"],
            environment: ["WORD": "hello"],
            workingDirectory: "/",
            input: Array("given\n".utf8)
        )

        #expect(result.status == .exited(3))
        #expect(result.output == "given\n/\n")
        #expect(result.error == "hello\n")
        #expect(!result.isSuccess)
    }

    @Test("More output than a pipe holds comes back whole, on both")
    func muchOutput() async throws {
        let result = try await runProgram("sh", ["-c", "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2"])

        #expect(result.outputBytes.count == 3_000_000)
        #expect(result.errorBytes.count == 3_000_000)
    }

    @Test("A program that does not end is killed with what it started, and its output kept")
    func timeout() async throws {
        let error = await #expect(throws: ProcessError.self) {
            _ = try await runProgram("sh", ["-c", "echo $$; sleep 1000 & echo $!; wait"], within: .milliseconds(500))
        }
        guard case .timedOut(_, let result) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(result.status == .signalled(SIGKILL))
        let pids = result.output.split(separator: "\n").compactMap { Int32($0) }
        #expect(pids.count == 2)
        // The child's own child is collected by init, which may take a moment: a process that is dead has no command.
        for pid in pids { #expect(try await isGone(pid)) }
    }

    private func isGone(_ pid: Int32) async throws -> Bool {
        let result = try await runProgram("ps", ["-o", "stat=", "-p", "\(pid)"])
        return result.output.allSatisfy { $0.isWhitespace } || result.output.hasPrefix("Z")
    }

    @Test("A program that is not there is an error")
    func missing() async {
        let error = await #expect(throws: ProcessError.self) { _ = try await runProgram("/no/such/program") }

        guard case .notStarted(_, ENOENT) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("Output can be waited for, signals sent, and the object's end ends the program")
    func conversation() async throws {
        let pid = try await onThread {
            let process = try RunningProcess(
                "sh",
                ["-c", "trap 'echo caught' USR1; echo ready; while :; do sleep 0.01; done"]
            )
            #expect(process.waitForOutput { output, _ in output == "ready\n" })
            #expect(process.signal(SIGUSR1))
            #expect(process.waitForOutput { output, _ in output.contains("caught") })
            #expect(process.isRunning)
            return process.pid
        }
        // The reaper takes the status a moment after the kill.
        let isOver = await onThread {
            for _ in 0..<1000 where kill(pid, 0) == 0 { usleep(10_000) }
            return kill(pid, 0) != 0
        }
        #expect(isOver)
    }

    @Test("Waiting for output ends with the program")
    func endWhileWaiting() async throws {
        let found = try await onThread {
            try RunningProcess("true").waitForOutput(within: .seconds(60)) { output, _ in !output.isEmpty }
        }
        #expect(!found)
    }

    @Test("What outlives the program and holds its output open does not hold up its end")
    func daemon() async throws {
        let result = try await runProgram("sh", ["-c", "setsid sleep 4 & echo done"])

        #expect(result.status == .exited(0))
        #expect(result.output == "done\n")
    }

    @Test("The sources are where this file is")
    func root() {
        unsafe #expect(access("\(repositoryRoot)/Package.swift", R_OK) == 0)
    }
}
