/// Reads a pattern into tokens.
struct GlobParser {
    private let text: ArraySlice<UInt8>
    private var place: Int
    /// Where the first byte stands that is not plain.
    ///
    /// git compares what lies before it without the matcher, which then takes this place for the beginning: `doc**/x`
    /// has its `**` cross slashes although no slash stands before it. Kept, so that the same file means the same here.
    private let wildStart: Int

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        place = text.startIndex
        wildStart = text.firstIndex { "*?[\\".utf8.contains($0) } ?? text.endIndex
    }

    /// - Returns: Nil for what can match nothing.
    consuming func parsed() -> [GlobPattern.Token]? {
        var tokens: [GlobPattern.Token] = []
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "*"): tokens.append(stars())
            case UInt8(ascii: "?"):
                tokens.append(.anyByte)
                place += 1
            case UInt8(ascii: "["):
                guard let set = bracket() else { return nil }
                tokens.append(.oneOf(set))
            case UInt8(ascii: "\\"):
                guard let escaped = peek(1) else { return nil }
                tokens.append(.byte(escaped))
                place += 2
            default:
                tokens.append(.byte(byte))
                place += 1
            }
        }
        return tokens
    }

    private func peek(_ distance: Int = 0) -> UInt8? {
        place + distance < text.endIndex ? text[place + distance] : nil
    }

    /// Takes a row of stars, and the slash after it where they stand for directories.
    private mutating func stars() -> GlobPattern.Token {
        let start = place
        while peek() == UInt8(ascii: "*") { place += 1 }
        let isOpen = start == wildStart || text[start - 1] == UInt8(ascii: "/")
        guard place - start > 1, isOpen else { return .star }
        switch (peek(), peek(1)) {
        case (UInt8(ascii: "/"), _):
            place += 1
            return .directories
        case (nil, _), (UInt8(ascii: "\\"), UInt8(ascii: "/")): return .everything
        default: return .star
        }
    }

    /// Takes a `[…]`.
    ///
    /// - Returns: Nil when it has no end or names a class that does not exist.
    private mutating func bracket() -> ByteSet? {
        var set = ByteSet()
        place += 1
        let isInverted = peek() == UInt8(ascii: "!") || peek() == UInt8(ascii: "^")
        if isInverted { place += 1 }
        // The byte that a `-` would begin a range at.
        var previous: UInt8?
        var isFirst = true
        while let byte = peek(), isFirst || byte != UInt8(ascii: "]") {
            isFirst = false
            if byte == UInt8(ascii: "["), peek(1) == UInt8(ascii: ":") {
                guard let name = className() else { return nil }
                if let name {
                    guard let members = ByteSet(className: name) else { return nil }
                    set.formUnion(members)
                    previous = nil
                    continue
                }
            } else if byte == UInt8(ascii: "-"), let low = previous, let next = peek(1), next != UInt8(ascii: "]") {
                place += 1
                guard let high = member() else { return nil }
                if low <= high { set.insert(low...high) }
                previous = nil
                continue
            }
            guard let own = member() else { return nil }
            set.insert(own)
            previous = own
        }
        guard peek() != nil else { return nil }
        place += 1
        if isInverted { set.invert() }
        set.remove(UInt8(ascii: "/"))
        return set
    }

    /// Takes one byte of a bracket, a backslash before it aside.
    private mutating func member() -> UInt8? {
        if peek() == UInt8(ascii: "\\") { place += 1 }
        guard let byte = peek() else { return nil }
        place += 1
        return byte
    }

    /// Takes `[:name:]`.
    ///
    /// - Returns: Nil when no bracket closes; `.some(nil)`, with nothing taken, when it is no class but a plain `[`.
    private mutating func className() -> ArraySlice<UInt8>?? {
        let start = place + 2
        guard let close = text[start...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
        guard close > start, text[close - 1] == UInt8(ascii: ":") else { return .some(nil) }
        place = close + 1
        return text[start..<(close - 1)]
    }
}
