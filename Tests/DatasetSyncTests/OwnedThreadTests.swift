import DatasetSync
import DatasetTestSupport
import Foundation
import Testing

@Suite struct OwnedThreadTests {
    @Test("It runs under its name, cut to what the kernel keeps, and joining waits for its end")
    func name() async {
        let name = await onThread { () -> String? in
            let seen = Monitor<String?>(nil)
            let thread = OwnedThread(name: "a-name-longer-than-15") {
                let comm = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
                seen.withLock { $0 = comm }
            }
            thread?.join()
            thread?.join()
            return seen.withLock { $0 }
        }

        #expect(name == "a-name-longer-t\n")
    }

    @Test("What the thread holds is let go when it has ended")
    func release() async {
        final class Token: Sendable {}
        let isGone = await onThread { () -> Bool in
            weak var weakToken: Token?
            do {
                let token = Token()
                weakToken = token
                let thread = OwnedThread(name: "holder") { _ = token }
                thread?.join()
            }
            return weakToken == nil
        }

        #expect(isGone)
    }
}
