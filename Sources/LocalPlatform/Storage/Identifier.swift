import Foundation

/// The names the platform gives its things.
enum Identifier {
    /// A fresh uuid of version 4 (RFC 9562), lower case as the platform writes them; Foundation's opens a file for each.
    static func make() -> String {
        var bits = (UInt64.random(in: 0...UInt64.max), UInt64.random(in: 0...UInt64.max))
        bits.0 = bits.0 & ~0xF000 | 0x4000
        bits.1 = bits.1 & ~(3 << 62) | 2 << 62
        let digits = Hex.string(
            (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? bits.0 : bits.1) >> (56 - 8 * ($0 % 8))) }
        )
        let pieces = [(0, 8), (8, 4), (12, 4), (16, 4), (20, 12)]
        return pieces.map { digits.dropFirst($0).prefix($1) }.joined(separator: "-")
    }

    /// The canonical form of a uuid; nil when the text is none.
    static func normalized(_ text: String) -> String? {
        UUID(uuidString: text)?.uuidString.lowercased()
    }

    /// A short alias: ten letters and digits, none of them easily taken for another.
    static func makeAlias() -> String {
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
        var alias = ""
        for _ in 0..<10 { alias.append(letters[Int.random(in: letters.indices)]) }
        return alias
    }
}

/// Moments as the platform writes them: RFC 3339, UTC, microseconds.
enum Timestamp {
    static func now() -> String {
        string(fromEpoch: epoch())
    }

    static func epoch() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static func string(fromEpoch epoch: Double) -> String {
        let total = Int((epoch * 1e6).rounded())
        let seconds = total / 1_000_000
        let (year, month, day) = civil(days: seconds / 86400)
        func pad(_ number: Int, _ width: Int = 2) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let clock = "\(pad(seconds / 3600 % 24)):\(pad(seconds / 60 % 60)):\(pad(seconds % 60))"
        return "\(pad(year, 4))-\(pad(month))-\(pad(day))T\(clock).\(pad(total % 1_000_000, 6))Z"
    }

    /// The Gregorian date of a day counted from 1970; the year is taken to begin in March, so that the leap day is its
    /// last.
    private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let isNextYear = month >= 10
        return (yearOfEra + era * 400 + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3, day)
    }

    /// Seconds since 1970 of an RFC 3339 moment or a plain date; nil when the text is neither.
    static func parse(_ text: String) -> Double? {
        guard text.utf8.count >= 10, text.utf8.first.map({ (48...57).contains($0) }) == true else { return nil }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        if let date = try? style.parse(text) { return date.timeIntervalSince1970 }
        if let date = try? style.parse(text + "Z") { return date.timeIntervalSince1970 }
        return (try? Date.ISO8601FormatStyle().year().month().day().parse(text))?.timeIntervalSince1970
    }
}
