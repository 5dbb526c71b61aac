import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetCache

@Suite struct FactConcurrencyTests {
    @Test("Readers beside a writer see the state before or after a listing, never between")
    func wholeListings() async throws {
        let place = try TemporaryDirectory()
        let store = try FactStore(path: place.file("facts"), identity: "test")
        let listings = [100, 200].map { count in (0..<count).map { file("file \($0)") } }
        try store.replaceChildren(of: 1, with: listings[0], at: 1)
        let isDone = Flag()

        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await onThread { () throws(CacheError) in
                    defer { isDone.raise() }
                    for round in 0..<60 {
                        try store.replaceChildren(of: 1, with: listings[round % 2], at: Int64(round + 2))
                    }
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    let counts = try await onThread { () throws(CacheError) -> Set<Int> in
                        var counts: Set<Int> = []
                        while !isDone.isRaised {
                            counts.insert(try store.childCount(of: 1).files)
                            counts.insert(try store.children(of: 1, after: 0, limit: 1000).count)
                        }
                        return counts
                    }
                    #expect(counts.isSubset(of: [100, 200]))
                }
            }
            try await group.waitForAll()
        }
    }
}
