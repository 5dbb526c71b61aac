import DatasetModel
import DatasetStores
import DatasetTestSupport
import Foundation
import Testing

@testable import DatasetVFS

/// Random operations on the file system, compared with a model after every step; a sequence that fails is cut down to the
/// steps that it takes.
@Suite("Writing model")
struct WritingModelTests {
    enum Kind: String, CaseIterable, Sendable {
        /// Addresses are paths; it renames itself.
        case paths
        /// Addresses are numbers; names may stand twice.
        case numbers

        var store: any Store {
            switch self {
            case .paths: Gufe.MemoryStore(pageSize: 3)
            case .numbers: TreeStore(TreeStore.Options(pageSize: 3))
            }
        }
    }

    private static let environment = ProcessInfo.processInfo.environment
    private static let rounds = environment["DATASETFS_MODEL_ROUNDS"].flatMap { Int($0) } ?? 6
    /// The walks of every run are the same; new ones are taken where rounds or a seed are asked for.
    private static let isExploring =
        environment["DATASETFS_MODEL_ROUNDS"] != nil || environment["DATASETFS_TEST_SEED"] != nil

    @Test(
        "Whatever programs do, the tree shows it at once, keeps it over crashes, and brings it to the store",
        arguments: Kind.allCases,
        Durability.allCases
    )
    func walk(_ kind: Kind, _ durability: Durability) async throws {
        try await withSeed("writing model, \(kind), \(durability)") { generator in
            if !Self.isExploring { generator = SeededGenerator(seed: 20_261_121) }
            for _ in 0..<Self.rounds {
                let operations = (0..<80).map { _ in WritingOperation.random(&generator) }
                let failure = try await onThread { () throws(any Error) in
                    try WritingRun.failure(of: operations, on: kind.store, durability)
                }
                guard let failure else { continue }
                let shortest = try await onThread { () throws(any Error) in
                    try Self.shortest(Array(operations.prefix(failure.step + 1)), kind, durability)
                }
                Issue.record(
                    "\(failure.reason)\nshortest: \(shortest.reason)\n\(shortest.steps.joined(separator: "\n"))"
                )
                return
            }
        }
    }

    /// Leaves out what is not needed for it to fail, larger parts first.
    private static func shortest(_ operations: [WritingOperation], _ kind: Kind, _ durability: Durability) throws
        -> (steps: [String], reason: String)
    {
        var left = operations
        var reason = "only together with chance"
        let end = Date().addingTimeInterval(60)
        var part = max(1, left.count / 2)
        while Date() < end {
            var start = 0
            var isShorter = false
            while start < left.count, Date() < end {
                var fewer = left
                fewer.removeSubrange(start..<min(start + part, left.count))
                if let failure = try WritingRun.failure(of: fewer, on: kind.store, durability) {
                    (left, reason, isShorter) = (fewer, failure.reason, true)
                } else {
                    start += part
                }
            }
            if part == 1, !isShorter { break }
            part = max(1, part / 2)
        }
        return (left.map { "\($0)" }, reason)
    }
}
