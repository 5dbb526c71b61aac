import DatasetModel
import DatasetTestSupport
import Testing

/// What every store must do, as named checks: a store is done when it passes them all.
///
/// A new store joins with a ``StoreFixture`` of its own and this suite beside it:
/// ```swift
/// @Suite("MyStore conforms") struct MyStoreConformanceTests {
///     @Test("to what every store must do", arguments: StoreConformance.checks)
///     func conforms(to check: StoreCheck) async throws { await check.run(on: MyStoreFixture.self) }
/// }
/// ```
/// Each check makes a fixture of its own, so they run at once; each is reported by its name.
enum StoreConformance {
    static let checks =
        listingChecks + nodeChecks + readingChecks + versionChecks + cancellationChecks + nameChecks
        + creationChecks + repetitionChecks + replacementChecks + removalChecks + renamingChecks
        + attributeChecks + refusalChecks + powerChecks + modelChecks
}

/// One thing that every store must do.
struct StoreCheck: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Whether a store with these traits could be asked that at all.
    private let isMeantFor: @Sendable (FixtureTraits) -> Bool
    private let plant: @Sendable (FixtureTraits) -> ReferenceTree
    private let body: @Sendable (StoreSubject) throws -> Void

    /// - Parameters:
    ///   - sentence: Completes “a store …”.
    ///   - plant: What the store holds at the beginning.
    ///   - body: Runs on a thread of its own, which may wait; throws what it finds wrong.
    init(
        _ sentence: String,
        for isMeantFor: @escaping @Sendable (FixtureTraits) -> Bool = { _ in true },
        planting plant: @escaping @Sendable (FixtureTraits) -> ReferenceTree = { _ in .sample },
        _ body: @escaping @Sendable (StoreSubject) throws -> Void
    ) {
        testDescription = sentence
        self.isMeantFor = isMeantFor
        self.plant = plant
        self.body = body
    }

    /// A check of what only stores that can be written do.
    init(
        writing sentence: String,
        for isMeantFor: @escaping @Sendable (FixtureTraits, WritingTraits) -> Bool = { _, _ in true },
        planting plant: @escaping @Sendable (FixtureTraits) -> ReferenceTree = { _ in .sample },
        _ body: @escaping @Sendable (StoreSubject) throws -> Void
    ) {
        self.init(
            sentence,
            for: { traits in traits.writing.map { isMeantFor(traits, $0) } ?? false },
            planting: plant,
            body
        )
    }

    /// Runs the check; what it finds wrong becomes an issue of the running test.
    func run<Fixture: StoreFixture>(on fixture: Fixture.Type) async {
        guard isMeantFor(Fixture.traits) else {
            print("\(Fixture.self) cannot be asked whether it \(testDescription)")
            return
        }
        do {
            try await onThread { () throws(any Error) in
                let tree = plant(Fixture.traits)
                try body(StoreSubject(fixture: try Fixture(holding: tree), traits: Fixture.traits, tree: tree))
            }
        } catch let failure as ConformanceFailure {
            Issue.record("\(failure.message)", sourceLocation: failure.sourceLocation)
        } catch {
            Issue.record(error, "a store \(testDescription)")
        }
    }
}

/// What a check found wrong. Thrown rather than recorded in place: on a thread of its own there is no running test.
struct ConformanceFailure: Error {
    let message: String
    let sourceLocation: SourceLocation
}

func require(
    _ condition: Bool,
    _ message: @autoclosure () -> String,
    sourceLocation: SourceLocation = #_sourceLocation
) throws(ConformanceFailure) {
    guard !condition else { return }
    throw ConformanceFailure(message: message(), sourceLocation: sourceLocation)
}

/// Asks that `body` fails with one of `codes`.
func requireFailure(
    _ codes: StoreError.Code...,
    sourceLocation: SourceLocation = #_sourceLocation,
    of body: () throws -> Void
) throws {
    do {
        try body()
    } catch let error as StoreError {
        try require(codes.contains(error.code), "fails with \(error)", sourceLocation: sourceLocation)
        return
    }
    try require(false, "does not fail", sourceLocation: sourceLocation)
}

extension ReferenceTree {
    /// A bit of everything that every store can hold.
    static let sample: ReferenceTree = {
        var tree = ReferenceTree()
        tree.addFile("first/text.txt", .text("twelve bytes"))
        tree.addFile("first/pattern.bin", .pattern(seed: 1, size: 3 << 20 | 17))
        tree.addFile("first/empty.bin", .bytes([]))
        tree.addFile("first/below/deeper/file.bin", .pattern(seed: 2, size: 1000))
        tree.addFile("second/text.txt", .text("another text under the same name"))
        return tree
    }()
}
