import DatasetTestSupport
import Testing

@Suite(
    "Edison.Store on a local platform conforms",
    .serialized,
    .enabled(if: LocalServer.absence == nil, "no datasetfs-server")
)
struct EdisonConformanceTests {
    @Test("to what every store must do", arguments: StoreConformance.checks)
    func conforms(to check: StoreCheck) async throws { await check.run(on: EdisonFixture.self) }
}
