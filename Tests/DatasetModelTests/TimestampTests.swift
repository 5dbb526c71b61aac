import DatasetModel
import DatasetTestSupport
import Testing

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        "Seconds are rounded towards the past, and what is left is never negative",
        arguments: [
            (0, 0, 0), (1, 0, 1), (999_999_999, 0, 999_999_999), (1_000_000_000, 1, 0), (-1, -1, 999_999_999),
            (-1_000_000_000, -1, 0), (-1_000_000_001, -2, 999_999_999),
            (.max, 9_223_372_036, 854_775_807), (.min, -9_223_372_037, 145_224_192),
        ] as [(Int64, Int64, Int64)]
    )
    func parts(_ nanoseconds: Int64, _ seconds: Int64, _ rest: Int64) {
        let time = Timestamp(nanoseconds: nanoseconds)

        #expect(time.seconds == seconds)
        #expect(time.subsecondNanoseconds == rest)
    }

    @Test("Any moment is its seconds and what is left")
    func anyMoment() {
        withSeed { generator in
            for _ in 0..<10_000 {
                // Not the first second of all: its whole seconds lie before what nanoseconds can tell.
                let nanoseconds = Int64.random(in: (.min + 1_000_000_000)...(.max), using: &generator)
                let time = Timestamp(nanoseconds: nanoseconds)

                #expect(time.seconds * 1_000_000_000 + time.subsecondNanoseconds == nanoseconds)
                #expect((0..<1_000_000_000).contains(time.subsecondNanoseconds))
            }
        }
    }

    @Test("It is made from seconds and ordered")
    func seconds() {
        #expect(Timestamp(seconds: 5) == Timestamp(nanoseconds: 5_000_000_000))
        #expect(Timestamp(seconds: -5) < Timestamp(seconds: 5))
    }
}
