internal import Foundation

/// Random numbers that a seed repeats (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// Scatters the bits of a number; the same number gives the same answer for ever.
    package static func mix(_ number: UInt64) -> UInt64 {
        var value = number
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}

/// The seed of this run: `DATASETFS_TEST_SEED` when it is set, a fresh one otherwise; printed, so that a failure can be
/// repeated.
private func seed(for name: String) -> UInt64 {
    let given = ProcessInfo.processInfo.environment["DATASETFS_TEST_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: .min ... .max)
    print("\(name): DATASETFS_TEST_SEED=\(seed)")
    return seed
}

/// Runs `body` with a generator whose seed stands in the output.
///
/// - Parameter name: What is being tested; the name of the test function when left out.
package func withSeed<Answer, Failure: Error>(
    _ name: String = #function,
    _ body: (inout SeededGenerator) throws(Failure) -> Answer
) throws(Failure) -> Answer {
    var generator = SeededGenerator(seed: seed(for: name))
    return try body(&generator)
}

/// Runs `body` with a generator whose seed stands in the output.
package func withSeed<Answer>(
    _ name: String = #function,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (inout SeededGenerator) async throws -> Answer
) async throws -> Answer {
    var generator = SeededGenerator(seed: seed(for: name))
    return try await body(&generator)
}
