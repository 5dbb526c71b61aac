/// The field `Retry-After`: a number of seconds or a date (RFC 9110 section 10.2.3).
package enum RetryAfter {
    /// - Parameter wallNanoseconds: Now, since 1970; a date is told as the time from now until then.
    /// - Returns: Nil when the value is neither; zero when the date has passed.
    package static func parse(_ value: String, wallNanoseconds: Int64) -> Duration? {
        if !value.isEmpty, value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            // Too many digits for a number is simply very long.
            return .seconds(min(Int64(value) ?? .max, 1 << 40))
        }
        guard let date = secondsSince1970(value) else { return nil }
        let now = wallNanoseconds / 1_000_000_000
        return .seconds(max(0, date - now))
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, and the older `Sunday, 06-Nov-94 08:49:37 GMT` that recipients must still read
    /// (RFC 9110 section 5.6.7).
    private static func secondsSince1970(_ value: String) -> Int64? {
        guard let comma = value.firstIndex(of: ",") else { return nil }
        let words = value[value.index(after: comma)...].split { $0 == " " || $0 == "-" }
        guard words.count == 5, words[4] == "GMT", let day = Int64(words[0]), (1...31).contains(day),
            let month = months.firstIndex(of: words[1].lowercased()), var year = Int64(words[2]),
            (0...9999).contains(year)
        else { return nil }
        if words[2].count == 2 { year += year < 70 ? 2000 : 1900 }
        let time = words[3].split(separator: ":").compactMap { Int64($0) }
        guard time.count == 3, (0..<24).contains(time[0]), (0..<60).contains(time[1]), (0...60).contains(time[2]) else {
            return nil
        }
        let days = daysSince1970(year: year, month: Int64(month) + 1, day: day)
        return days * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// Counts years from March, so that the leap day comes last and month lengths follow one formula.
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let marchMonth = (month + 9) % 12
        let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
        let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
        return marchYear * 365 + leapDays + dayOfYear - 719_468
    }
}
