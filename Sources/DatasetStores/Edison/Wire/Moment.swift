internal import DatasetModel

extension Edison {
    /// Moments as the platform writes them: RFC 3339, where a missing zone means UTC.
    enum Moment {
        /// The moment, nil when the text is none: a time that cannot be read is a time that was not told.
        static func parse(_ text: String) -> Timestamp? {
            var fields = Fields(text)
            guard let year = fields.number(4), fields.mark("-"), let month = fields.number(2), fields.mark("-"),
                let day = fields.number(2), fields.mark("Tt "), let hour = fields.number(2), fields.mark(":"),
                let minute = fields.number(2), fields.mark(":"), let second = fields.number(2),
                (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60,
                let nanoseconds = fields.fraction(), let offset = fields.zone(), fields.next == nil
            else { return nil }
            let days = daysSince1970(year: year, month: month, day: day)
            let seconds = Int64(days * 86_400 + hour * 3600 + minute * 60 + second - offset)
            let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            guard !overflow else { return nil }
            let (sum, carry) = scaled.addingReportingOverflow(Int64(nanoseconds))
            return carry ? nil : Timestamp(nanoseconds: sum)
        }

        private struct Fields {
            // Indices of an array cost nothing, those of a string's bytes do: a listing holds very many moments.
            private let bytes: [UInt8]
            private var index = 0

            init(_ text: String) { bytes = Array(text.utf8) }

            var next: UInt8? { index < bytes.count ? bytes[index] : nil }

            private mutating func digit() -> Int? {
                guard let byte = next, (0x30...0x39).contains(byte) else { return nil }
                index += 1
                return Int(byte - 0x30)
            }

            mutating func number(_ count: Int) -> Int? {
                var value = 0
                for _ in 0..<count {
                    guard let digit = digit() else { return nil }
                    value = value * 10 + digit
                }
                return value
            }

            mutating func mark(_ marks: String) -> Bool {
                guard let byte = next, marks.utf8.contains(byte) else { return false }
                index += 1
                return true
            }

            /// Nanoseconds, 0 where there is no fraction; nil for a point without digits.
            mutating func fraction() -> Int? {
                guard mark(".,") else { return 0 }
                var value = 0
                var count = 0
                while let digit = digit() {
                    if count < 9 { value = value * 10 + digit }
                    count += 1
                }
                guard count > 0 else { return nil }
                for _ in min(count, 9)..<9 { value *= 10 }
                return value
            }

            /// Seconds east of Greenwich.
            mutating func zone() -> Int? {
                if next == nil || mark("Zz") { return 0 }
                let isWest = next == UInt8(ascii: "-")
                guard mark("+-"), let hours = number(2) else { return nil }
                _ = mark(":")
                guard let minutes = number(2) else { return nil }
                return (isWest ? -1 : 1) * (hours * 3600 + minutes * 60)
            }
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
