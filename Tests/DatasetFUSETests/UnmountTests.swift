internal import DatasetFUSE
internal import DatasetSync
internal import DatasetTestSupport
internal import Glibc
internal import Testing

@Suite("Taking a mount away", .enabled(if: TinyMount.isPossible, "there is no usable /dev/fuse"))
struct UnmountTests {
    @Test("an unused mount goes, and its server ends by itself")
    func plain() async throws {
        let mount = try await onThread { () throws in try TinyMount([]) }

        let place = try await onThread { () throws in try Unmounter.unmount("\(mount.path)/dir/inner.txt") }

        #expect(place == mount.path)
        let result = try await onThread { () throws in try mount.server.wait(within: .seconds(10)) }
        #expect(result.isSuccess && result.output.contains("ended: unmounted"))
        #expect(Mounts.find(mount.path) == nil)
    }

    @Test("a mount in use stays and its holder is named; lazily it vanishes and ends with its last file")
    func busy() async throws {
        let mount = try await onThread { () throws in try TinyMount([]) }
        let holder = try RunningProcess("sleep", ["60"], workingDirectory: mount.file("dir"))
        _ = try await shell("until [ \"$(cat /proc/\(holder.pid)/comm)\" = sleep ]; do sleep .02; done")

        let refusal = await onThread { () -> MountError? in
            do throws(MountError) {
                try Unmounter.unmount(mount.path)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal == .busy(mount.path, holders: ["sleep (\(holder.pid))"]))
        #expect(try await shell("cat \(mount.file("hello.txt"))") == "hello, world")

        try await onThread { () throws in _ = try Unmounter.unmount(mount.path, lazy: true) }
        #expect(Mounts.find(mount.path) == nil)
        #expect(mount.server.isRunning)
        holder.terminate()
        let result = try await onThread { () throws in try mount.server.wait(within: .seconds(10)) }
        #expect(result.output.contains("ended: unmounted"))
    }

    @Test("a server that was unmounted lazily leaves alone what was mounted in its place since")
    func successor() async throws {
        let first = try await onThread { () throws in try TinyMount([]) }
        let holder = try RunningProcess("sleep", ["60"], workingDirectory: first.file("dir"))
        _ = try await shell("until [ \"$(cat /proc/\(holder.pid)/comm)\" = sleep ]; do sleep .02; done")
        try await onThread { () throws in _ = try Unmounter.unmount(first.path, lazy: true) }
        let second = try RunningProcess(TinyMount.program, [first.path])
        let isReady = await onThread { second.waitForOutput { output, _ in output.contains("ready\n") } }
        #expect(isReady)

        first.server.signal(SIGTERM)
        _ = try await onThread { () throws in try first.server.wait(within: .seconds(10)) }

        #expect(try await shell("cat \(first.file("hello.txt"))") == "hello, world")
        second.signal(SIGTERM)
        _ = try await onThread { () throws in try second.wait(within: .seconds(10)) }
        #expect(Mounts.find(first.path) == nil)
    }

    @Test("a killed server leaves a mount that is explained, refused and cleared")
    func killed() async throws {
        let mount = try await onThread { () throws in try TinyMount([]) }
        mount.server.signal(SIGKILL)
        _ = try? await onThread { () throws in try mount.server.wait(within: .seconds(10)) }
        #expect(try await shell("ls \(mount.path)").contains("Transport endpoint is not connected"))

        let again = try await runProgram(TinyMount.program, [mount.path])
        #expect(again.status == .exited(1))
        #expect(again.error.contains("left over from a mount whose server has ended"))
        #expect(again.error.contains("datasetfs unmount \(mount.path)"))

        #expect(Mounts.find(mount.path)?.isOurs == true)
        try await onThread { () throws in _ = try Unmounter.unmount(mount.path) }
        #expect(Mounts.find(mount.path) == nil)
    }

    @Test("a place that cannot be mounted on is refused with its reason")
    func refusals() async throws {
        let directory = try TemporaryDirectory()
        _ = try await shell("cd \(directory.path) && mkdir full && touch full/x file")

        func words(_ path: String, _ options: String...) async throws -> String {
            let result = try await runProgram(TinyMount.program, [path] + options, within: .seconds(20))
            #expect(result.status == .exited(1))
            return result.error
        }
        #expect(try await words(directory.file("none")).contains("does not exist. Make it with “mkdir -p"))
        #expect(try await words(directory.file("file")).contains("is not a directory"))
        #expect(try await words(directory.file("full")).contains("is not empty"))
        #expect(try await words("/proc").contains("Something is mounted on “/proc” already: “proc”, of type proc"))
        try await withTinyMount { mount async throws in
            #expect(
                try await words(mount.path).contains(
                    "already: “tiny, \\tree”, of type fuse.datasetfs. Unmount it first with"
                )
            )
        }
    }

    @Test("nothing to unmount is said as such")
    func notMounted() async throws {
        let directory = try TemporaryDirectory()
        await #expect(throws: MountError.notMounted(directory.path)) {
            try await onThread { () throws(MountError) in _ = try Unmounter.unmount(directory.path) }
        }
    }

    @Test("a directory that holds something is covered when asked for")
    func nonEmpty() async throws {
        let directory = try TemporaryDirectory()
        _ = try await shell("touch \(directory.file("hidden"))")
        let server = try RunningProcess(TinyMount.program, [directory.path, "--nonempty"])
        let isReady = await onThread { server.waitForOutput { output, _ in output.contains("ready\n") } }
        #expect(isReady)
        #expect(try await shell("cat \(directory.file("hello.txt"))") == "hello, world")
        server.signal(SIGINT)
        let result = try await onThread { () throws in try server.wait(within: .seconds(10)) }
        #expect(result.isSuccess)
        #expect(try await shell("ls \(directory.path)") == "hidden")
    }
}
