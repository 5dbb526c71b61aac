import DatasetTestSupport
import Testing

@Suite struct OnThreadTests {
    private struct Refusal: Error, Equatable {}

    @Test("The value comes back")
    func value() async {
        let answer = await onThread { 42 }

        #expect(answer == 42)
    }

    @Test("The error comes back")
    func failure() async {
        await #expect(throws: Refusal()) {
            try await onThread { throw Refusal() }
        }
    }
}
