import Foundation

/// How texts are compared in a search: case does not count, words are runs of letters and digits.
enum SearchText {
    static func folded(_ text: String) -> String {
        text.lowercased()
    }

    static func tokens(_ text: String) -> [Substring] {
        folded(text).split { !$0.isLetter && !$0.isNumber }
    }

    /// How well the words of `query` are found in `text`; nil when none is. A word found often counts for more, but
    /// never twice as much as one found once; a short text counts for more than a long one.
    static func score(_ query: String, in text: String) -> Double? {
        let words = tokens(text)
        var counts: [Substring: Int] = [:]
        for word in words { counts[word, default: 0] += 1 }
        var sum = 0.0
        for token in tokens(query) {
            guard let count = counts[token] else { continue }
            sum += 2 * Double(count) / (Double(count) + 1)
        }
        return sum > 0 ? sum / (1 + Double(words.count) / 1000) : nil
    }

    /// Fragments around the places where one of `terms` stands, with the term in `<em>`.
    static func highlights(_ terms: [String], in text: String, size: Int, count: Int) -> [String] {
        var fragments: [String] = []
        var from = text.startIndex
        while fragments.count < count {
            let hits = terms.filter { !$0.isEmpty }.compactMap {
                text.range(of: $0, options: .caseInsensitive, range: from..<text.endIndex)
            }
            guard let hit = hits.min(by: { $0.lowerBound < $1.lowerBound }) else { break }
            let around = max(0, size - text.distance(from: hit.lowerBound, to: hit.upperBound)) / 2
            let lower = text.index(hit.lowerBound, offsetBy: -around, limitedBy: from) ?? from
            let upper = text.index(hit.upperBound, offsetBy: around, limitedBy: text.endIndex) ?? text.endIndex
            fragments.append("\(text[lower..<hit.lowerBound])<em>\(text[hit])</em>\(text[hit.upperBound..<upper])")
            from = upper
        }
        return fragments
    }
}
