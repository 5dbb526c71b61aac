import DatasetModel
import DatasetTestSupport
import Foundation
import Testing

@Suite("Timestamp text")
struct TimestampTextTests {
    @Test(
        "As many digits as needed",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_795_275_548_250_000_000, "2026-11-21T15:39:08.25Z"),
            (1, "1970-01-01T00:00:00.000000001Z"), (-1, "1969-12-31T23:59:59.999999999Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00Z"), (.max, "2262-04-11T23:47:16.854775807Z"),
            (.min, "1677-09-21T00:12:43.145224192Z"),
        ] as [(Int64, String)]
    )
    func digits(nanoseconds: Int64, text: String) {
        #expect(Timestamp(nanoseconds: nanoseconds).rfc3339 == text)
    }

    @Test("Any second reads as another calendar reads it")
    func calendar() {
        withSeed { generator in
            let formatter = ISO8601DateFormatter()
            for _ in 0..<2000 {
                let seconds = Int64.random(in: -9_000_000_000...9_000_000_000, using: &generator)
                let expected = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
                #expect(Timestamp(seconds: seconds).rfc3339 == expected)
            }
        }
    }

    @Test("The parts of a moment add up, before 1970 as well")
    func parts() {
        withSeed { generator in
            for _ in 0..<2000 {
                let time = Timestamp(nanoseconds: Int64.random(in: .min ... .max, using: &generator))
                #expect((0..<1_000_000_000).contains(time.subsecondNanoseconds))
                #expect(Double(time.seconds) <= Double(time.nanoseconds) / 1e9 + 1)
            }
        }
    }
}
