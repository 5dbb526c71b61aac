import DatasetModel
import DatasetTestSupport
import Foundation
import Testing

@testable import DatasetStores

@Suite("Edison.Credentials") struct EdisonCredentialTests {
    private func find(_ environment: [String: String] = [:], file: String? = nil) -> Result<String, StoreError> {
        do throws(StoreError) {
            switch try Edison.Credentials.find(environment: environment, file: file) {
            case .apiKey(let key): return .success("key \(key.value)")
            case .token(let token): return .success("token \(token.value)")
            }
        } catch {
            return .failure(error)
        }
    }

    @Test("come from the environment: the key before the token")
    func environment() {
        #expect(find(["EDISON_PLATFORM_API_KEY": " k1\n"]) == .success("key k1"))
        #expect(find(["EDISON_PLATFORM_JWT": "a.b.c"]) == .success("token a.b.c"))
        #expect(find(["EDISON_PLATFORM_JWT": "a.b.c", "EDISON_PLATFORM_API_KEY": "k1"]) == .success("key k1"))
        #expect(find(["EDISON_PLATFORM_JWT": "a.b.c", "EDISON_PLATFORM_API_KEY": ""]) == .success("token a.b.c"))
    }

    @Test("say what to set when there are none, and do not repeat what is no key")
    func none() {
        guard case .failure(let none) = find() else { return #expect(Bool(false)) }
        #expect(none.code == .unauthenticated)
        #expect(none.remedy?.contains("EDISON_PLATFORM_API_KEY") == true)
        guard case .failure(let bad) = find(["EDISON_PLATFORM_API_KEY": "two words\r\nX: y"]) else {
            return #expect(Bool(false))
        }
        #expect(bad.code == .unauthenticated)
        #expect(!bad.message.contains("two"))
    }

    @Test("come from a file that only its owner can read")
    func file() throws {
        try withTemporaryDirectory { directory in
            let path = directory.file("key")
            try "k-from-file\n".write(toFile: path, atomically: true, encoding: .utf8)
            let manager = FileManager.default

            try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            #expect(find(["EDISON_PLATFORM_API_KEY": "k1"], file: path) == .success("key k-from-file"))

            for mode in [0o640, 0o604, 0o620, 0o644] {
                try manager.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
                guard case .failure(let error) = find(file: path) else { return #expect(Bool(false), "\(mode)") }
                #expect(error.message.contains(path))
                #expect(error.remedy == "chmod 600 \(path)")
            }
            for (name, text) in [("empty", ""), ("long", String(repeating: "k", count: 20_000))] {
                try text.write(toFile: directory.file(name), atomically: true, encoding: .utf8)
                try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: directory.file(name))
                guard case .failure = find(file: directory.file(name)) else { return #expect(Bool(false), "\(name)") }
            }
            guard case .failure(let missing) = find(file: directory.file("missing")) else {
                return #expect(Bool(false))
            }
            #expect(missing.message.contains("missing cannot be opened: No such file"))
            guard case .failure(let folder) = find(file: directory.path) else { return #expect(Bool(false)) }
            #expect(folder.message.contains("no regular file"))
        }
    }
}
