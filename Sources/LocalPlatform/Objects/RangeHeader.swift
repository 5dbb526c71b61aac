/// What a `Range` header asks of an object of known size (RFC 9110, section 14).
enum RangeHeader: Equatable {
    /// No range, several, or one that is not understood: the whole object with status 200.
    case whole
    /// Status 206 with these bytes.
    case part(Range<Int>)
    /// Status 416.
    case unsatisfiable

    init(_ header: String?, size: Int) {
        self = .whole
        guard let header, header.lowercased().hasPrefix("bytes=") else { return }
        let specification = header.dropFirst(6).filter { $0 != " " }
        guard !specification.contains(","), let dash = specification.firstIndex(of: "-") else { return }
        let first = specification[..<dash]
        let last = specification[specification.index(after: dash)...]
        if first.isEmpty {
            guard let suffix = Self.number(last) else { return }
            self = suffix == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - suffix)..<size)
            return
        }
        guard let start = Self.number(first) else { return }
        if last.isEmpty {
            self = start < size ? .part(start..<size) : .unsatisfiable
            return
        }
        guard let end = Self.number(last), end >= start else { return }
        self = start < size ? .part(start..<min(size, end == Int.max ? size : end + 1)) : .unsatisfiable
    }

    /// Digits only; a number too large for us is larger than any object.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text) ?? Int.max
    }
}
