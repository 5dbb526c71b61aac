internal import DatasetSync

extension Edison {
    /// A URL that opens one object for a while, whoever holds it.
    struct SignedURL: Sendable, Equatable {
        let url: Secret
        /// When a fresh one is to be asked for, a little before it ends.
        let refreshAt: MonotonicTime

        /// What is assumed of a URL that does not say how long it lasts.
        static let assumedLifetime = Duration.seconds(300)

        /// - Parameters:
        ///   - base: The API's address: a path alone is meant there, and what it encrypts must stay encrypted.
        ///   - wall: Seconds since 1970 at this moment.
        /// - Returns: Nil when the text is no URL that may be asked.
        init?(_ text: String, base: BaseURL, now: MonotonicTime, wall: Int) {
            var url = text
            if url.hasPrefix("/"), !url.hasPrefix("//") {
                url = (base.isSecure ? "https://" : "http://") + base.host + url
            }
            let lowered = url.prefix(8).lowercased()
            guard lowered.hasPrefix("https://") || (lowered.hasPrefix("http://") && !base.isSecure),
                url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else { return nil }
            self.url = Secret(url)
            let lifetime = Self.lifetime(url, wall: wall).map { Duration.seconds($0) } ?? Self.assumedLifetime
            refreshAt = now + (lifetime - min(.seconds(30), lifetime / 5))
        }

        /// Seconds that the URL will still be valid, as far as its own parameters tell.
        static func lifetime(_ url: String, wall: Int) -> Int? {
            guard let query = url.firstIndex(of: "?") else { return nil }
            var values: [String: String] = [:]
            for pair in url[url.index(after: query)...].prefix(while: { $0 != "#" }).split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                if parts.count == 2 { values[parts[0].lowercased()] = String(parts[1]) }
            }
            // Version 4 of both signatures gives a length, the older ones the end.
            for scheme in ["x-goog", "x-amz"] {
                guard let seconds = values["\(scheme)-expires"].flatMap({ Int($0) }), (1...604_800).contains(seconds)
                else { continue }
                let issued = values["\(scheme)-date"].flatMap(Self.compactDate)
                let age = issued.map { wall - $0 } ?? 0
                // A clock that is wrong must not make every URL look expired.
                return (0..<seconds).contains(age) ? seconds - age : seconds
            }
            guard let end = values["expires"].flatMap({ Int($0) }), (1..<604_800).contains(end - wall) else {
                return nil
            }
            return end - wall
        }

        /// `20260131T235959Z`
        private static func compactDate(_ text: String) -> Int? {
            let digits = text.utf8.map { Int($0) - 0x30 }
            guard digits.count == 16, text.utf8.last == UInt8(ascii: "Z"), digits[8] == 0x54 - 0x30 else { return nil }
            let positions = Array(0..<8) + Array(9..<15)
            guard positions.allSatisfy({ (0...9).contains(digits[$0]) }) else { return nil }
            func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
            let (month, day) = (number(4..<6), number(6..<8))
            guard (1...12).contains(month), (1...31).contains(day) else { return nil }
            return Moment.daysSince1970(year: number(0..<4), month: month, day: day) * 86_400
                + number(9..<11) * 3600 + number(11..<13) * 60 + number(13..<15)
        }
    }
}
