import Crypto
import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Foundation
import Synchronization
import Testing

@testable import DatasetStores

@Suite("Edison.ObjectReader and the object's identity") struct EdisonObjectIdentityTests: ObjectReading {
    @Test("learns the true size where a wrong one was declared", arguments: [29_999, 30_001, 0])
    func wrongSize(declared: Int) throws {
        let object = ScriptedObject(Self.content)
        object.state.withLock { $0.declaredSize = declared }
        let (store, _) = try object.store()
        let wrong = try node(store)
        #expect(wrong.size == UInt64(declared))

        if declared > 0 { #expect(code { _ = try read(store, wrong) } == .corrupt) }
        if declared == 0 { return }
        let right = try node(store)

        #expect(right.size == 30_000)
        #expect(right.version != wrong.version)
        #expect(try read(store, right) == Self.content)
        #expect(code { _ = try read(store, wrong) } == .versionGone)
    }

    @Test("never mixes two objects: another ETag or another length ends the read", arguments: [true, false])
    func changed(sameLength: Bool) throws {
        let object = ScriptedObject(Self.content)
        let (store, _) = try object.store()
        let old = try node(store)
        object.state.withLock { state in
            state.faults = [
                { _, ordinary in
                    var answer = ordinary
                    answer.breaksAfter = 5000
                    return answer
                }
            ]
            if sameLength { state.etag = "\"v2\"" } else { state.content.append(1) }
        }

        #expect(code { _ = try read(store, old) } == .versionGone)

        let new = try node(store)
        #expect(new.version != old.version)
        #expect(try read(store, new).count == (sameLength ? 30_000 : 30_001))
    }

    @Test("tells another version for each object where no revision names it", arguments: [true, false])
    func volatile(inBucket: Bool) throws {
        let object = ScriptedObject(Self.content)
        object.state.withLock { state in
            state.declaredSize = 30_000
            if inBucket { state.bucket = "theirs" } else { state.revision = nil }
        }
        let (store, _) = try object.store()
        let first = try node(store)
        object.state.withLock { $0.etag = "\"v2\"" }

        let second = try node(store)

        #expect(first.version != second.version)
        #expect(code { _ = try read(store, first, ByteRange(offset: 1, count: 2)) } == .versionGone)
        #expect(try read(store, second) == Self.content)
    }

    @Test("checks a small object against its digests before any byte is passed on, twice")
    func digests() throws {
        for name in ["crc32c", "md5", "etag"] {
            let object = ScriptedObject(Self.content)
            let md5 = Data(Insecure.MD5.hash(data: Self.content))
            object.state.withLock { state in
                let crc = Edison.CRC32C.of(Self.content)
                let checksum = Data((0..<4).map { UInt8(truncatingIfNeeded: crc >> (24 - 8 * UInt32($0))) })
                    .base64EncodedString()
                switch name {
                case "crc32c": state.headers = [("x-goog-hash", "crc32c=\(checksum)")]
                case "md5": state.headers = [("X-Goog-Hash", "md5=\(md5.base64EncodedString())")]
                default:
                    state.headers = [("x-amz-request-id", "1")]
                    state.etag = "\"\(md5.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())\""
                }
            }
            let (store, _) = try object.store()
            let node = try node(store)
            #expect(try read(store, node) == Self.content)

            let damage: @Sendable (HTTPRequest, Answer) -> Answer = { _, ordinary in
                var answer = ordinary
                answer.body[777] ^= 1
                return answer
            }
            object.state.withLock { $0.faults = [damage] }
            #expect(try read(store, node) == Self.content, "\(name)")

            object.state.withLock { $0.faults = [damage, damage] }
            let sink = CollectingSink()
            let code = code {
                try store.read(ByteRange(offset: 0, count: 30_000), of: node, into: sink, until: Cancellation())
            }
            #expect(code == .corrupt, "\(name)")
            #expect(sink.count == 0)
        }
    }
}
