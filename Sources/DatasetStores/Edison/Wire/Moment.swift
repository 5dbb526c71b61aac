internal import DatasetModel

extension Edison {
    /// Moments as the platform writes them: RFC 3339, where a missing zone means UTC.
    enum Moment {
        /// The moment, nil when the text is none: a time that cannot be read is a time that was not told.
        static func parse(_ text: String) -> Timestamp? {
            var rest = Array(text.utf8)[...]
            func digits(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> Int? {
                let field = rest.prefix(count)
                guard field.count == count, field.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
                rest = rest.dropFirst(count)
                return field.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            }
            func mark(_ marks: String, _ rest: inout ArraySlice<UInt8>) -> Bool {
                guard let byte = rest.first, marks.utf8.contains(byte) else { return false }
                rest = rest.dropFirst()
                return true
            }
            guard let year = digits(4, &rest), mark("-", &rest), let month = digits(2, &rest), mark("-", &rest),
                let day = digits(2, &rest), mark("Tt ", &rest), let hour = digits(2, &rest), mark(":", &rest),
                let minute = digits(2, &rest), mark(":", &rest), let second = digits(2, &rest),
                (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
            else { return nil }
            var nanoseconds = 0
            if mark(".,", &rest) {
                let fraction = rest.prefix { (0x30...0x39).contains($0) }
                guard !fraction.isEmpty else { return nil }
                rest = rest.dropFirst(fraction.count)
                for position in 0..<9 {
                    let digit = position < fraction.count ? Int(fraction[fraction.startIndex + position] - 0x30) : 0
                    nanoseconds = nanoseconds * 10 + digit
                }
            }
            var offset = 0
            if !mark("Zz", &rest), !rest.isEmpty {
                let isWest = rest.first == UInt8(ascii: "-")
                guard mark("+-", &rest), let hours = digits(2, &rest) else { return nil }
                _ = mark(":", &rest)
                guard let minutes = digits(2, &rest) else { return nil }
                offset = (isWest ? -1 : 1) * (hours * 3600 + minutes * 60)
            }
            guard rest.isEmpty else { return nil }
            let days = daysSince1970(year: year, month: month, day: day)
            let seconds = Int64(days * 86_400 + hour * 3600 + minute * 60 + second - offset)
            let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            guard !overflow else { return nil }
            let (sum, carry) = scaled.addingReportingOverflow(Int64(nanoseconds))
            return carry ? nil : Timestamp(nanoseconds: sum)
        }

        /// UTC with microseconds, as the platform writes it.
        static func text(_ moment: Timestamp) -> String {
            let seconds = moment.seconds
            let (quotient, remainder) = seconds.quotientAndRemainder(dividingBy: 86_400)
            let (days, time) = remainder < 0 ? (quotient - 1, remainder + 86_400) : (quotient, remainder)
            let (year, month, day) = date(daysSince1970: Int(days))
            func padded(_ number: Int64, _ width: Int) -> String {
                let digits = String(number)
                return String(repeating: "0", count: max(0, width - digits.count)) + digits
            }
            return "\(padded(Int64(year), 4))-\(padded(Int64(month), 2))-\(padded(Int64(day), 2))"
                + "T\(padded(time / 3600, 2)):\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))"
                + ".\(padded(moment.subsecondNanoseconds / 1000, 6))+00:00"
        }

        /// Days in the proleptic Gregorian calendar, counted in years that begin in March, so that the leap day is last.
        static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
            let shifted = month <= 2 ? year - 1 : year
            let era = (shifted >= 0 ? shifted : shifted - 399) / 400
            let yearOfEra = shifted - era * 400
            let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
            return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        }

        private static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
            let shifted = days + 719_468
            let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
            let dayOfEra = shifted - era * 146_097
            let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
            let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
            let shiftedMonth = (5 * dayOfYear + 2) / 153
            let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
            let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
            return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
        }
    }
}
