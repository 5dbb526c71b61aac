import Testing

@Suite("Gufe's stores conform")
struct GufeConformanceTests {
    @Test("A directory does what every store must do", arguments: StoreConformance.checks)
    func directory(_ check: StoreCheck) async {
        await check.run(on: FileStoreFixture.self)
    }

    @Test("Memory does what every store must do", arguments: StoreConformance.checks)
    func memory(_ check: StoreCheck) async {
        await check.run(on: MemoryStoreFixture.self)
    }

    @Test("A faulty store without faults is not noticed", arguments: StoreConformance.checks)
    func decorator(_ check: StoreCheck) async {
        await check.run(on: FaultlessStoreFixture.self)
    }
}
