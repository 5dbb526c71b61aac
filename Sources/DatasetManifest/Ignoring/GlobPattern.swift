/// A pattern over the bytes of a path, as gitignore(5) means it: `*`, `?` and `[…]` stop at a slash, `**` as a whole
/// component does not.
///
/// Bytes and not characters, as git has it: `?` is one byte of UTF-8.
struct GlobPattern: Hashable, Sendable {
    enum Token: Hashable, Sendable {
        case byte(UInt8)
        /// `?`
        case anyByte
        /// `[…]`
        case oneOf(ByteSet)
        /// `*`: any bytes but slashes, also none.
        case star
        /// `**/`: any number of whole directories with their slashes, also none.
        case directories
        /// `**` at the end: everything, slashes too.
        case everything
    }

    let tokens: [Token]

    /// - Returns: Nil for what can match nothing: an open bracket, an unknown class, a lone backslash at the end.
    init?(_ text: ArraySlice<UInt8>) {
        guard let tokens = GlobParser(text).parsed() else { return nil }
        self.tokens = tokens
    }

    /// Whether all of `text` fits.
    ///
    /// A star that has to take more bytes after all is the only place to come back to: an earlier star of its kind cannot do
    /// better by taking more, since what follows it was found at the first place there is. So stars do not multiply the time,
    /// however many there are; only a `**` and the stars of the components behind it do.
    func matches(_ text: ArraySlice<UInt8>) -> Bool {
        var token = 0
        var place = text.startIndex
        // Where the last star of each kind begins anew: the token after it, and the bytes it has taken so far.
        var star: (token: Int, place: Int)?
        var wide: (token: Int, place: Int, isByDirectory: Bool)?
        while true {
            if token < tokens.count {
                switch tokens[token] {
                case .star:
                    token += 1
                    star = (token, place)
                    continue
                case .directories, .everything:
                    let isByDirectory = tokens[token] == .directories
                    token += 1
                    star = nil
                    wide = (token, place, isByDirectory)
                    continue
                case let single:
                    if place < text.endIndex, single.accepts(text[place]) {
                        token += 1
                        place += 1
                        continue
                    }
                }
            } else if place == text.endIndex {
                return true
            }
            if let last = star, last.place < text.endIndex, text[last.place] != Self.slash {
                star?.place += 1
                (token, place) = (last.token, last.place + 1)
            } else if let last = wide, let next = Self.next(after: last.place, last.isByDirectory, text) {
                star = nil
                wide?.place = next
                (token, place) = (last.token, next)
            } else {
                return false
            }
        }
    }

    private static let slash = UInt8(ascii: "/")

    private static func next(after place: Int, _ isByDirectory: Bool, _ text: ArraySlice<UInt8>) -> Int? {
        guard isByDirectory else { return place < text.endIndex ? place + 1 : nil }
        return text[place...].firstIndex(of: slash).map { $0 + 1 }
    }
}

extension GlobPattern.Token {
    /// Whether this token, which stands for one byte, takes `byte`.
    fileprivate func accepts(_ byte: UInt8) -> Bool {
        switch self {
        case .byte(let own): own == byte
        case .anyByte: byte != UInt8(ascii: "/")
        case .oneOf(let set): set.contains(byte)
        case .star, .directories, .everything: false
        }
    }
}
