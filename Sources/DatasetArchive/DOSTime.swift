package import DatasetModel

/// A date and time as MS-DOS kept them: local time without a zone, two seconds apart, 1980 to 2107.
///
/// Read and written as UTC: the zone of the writer is nowhere in the archive, and one fixed reading gives every machine the
/// same tree.
package struct DOSTime: Hashable, Sendable {
    /// Years since 1980, month, day: 7, 4 and 5 bits.
    package var date: UInt16
    /// Hour, minute, half seconds: 5, 6 and 5 bits.
    package var time: UInt16

    package init(date: UInt16, time: UInt16) {
        self.date = date
        self.time = time
    }

    /// The nearest earlier moment that can be said so; times out of range become the first or the last one.
    package init(_ timestamp: Timestamp) {
        let seconds = min(max(timestamp.seconds, Self.first), Self.last)
        let (year, month, day) = Self.civil(fromDays: seconds / 86_400)
        let second = seconds % 86_400
        date = UInt16(year - 1980) << 9 | UInt16(month) << 5 | UInt16(day)
        time = UInt16(second / 3_600) << 11 | UInt16(second / 60 % 60) << 5 | UInt16(second % 60 / 2)
    }

    /// Nil when the fields name no moment, as those of members without a time do.
    package var timestamp: Timestamp? {
        let (year, month, day) = (Int64(date >> 9) + 1980, Int64(date >> 5 & 15), Int64(date & 31))
        let (hour, minute, second) = (Int64(time >> 11), Int64(time >> 5 & 63), Int64(time & 31) * 2)
        guard 1...12 ~= month, 1...31 ~= day, hour < 24, minute < 60, second < 60 else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        return Timestamp(seconds: days * 86_400 + hour * 3_600 + minute * 60 + second)
    }

    /// 1980-01-01T00:00:00Z and 2107-12-31T23:59:58Z.
    private static let first: Int64 = 315_532_800
    private static let last: Int64 = 4_354_819_198

    /// Days since 1970-01-01 in the proleptic Gregorian calendar; March is the first month of a year here.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }
}
