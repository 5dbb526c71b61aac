/// Any of the 256 bytes: what a `[…]` of a pattern accepts.
struct ByteSet: Hashable, Sendable {
    private var words = SIMD4<UInt64>()

    func contains(_ byte: UInt8) -> Bool {
        words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1
    }

    mutating func insert(_ byte: UInt8) {
        words[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
    }

    mutating func insert(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { insert(byte) }
    }

    mutating func formUnion(_ other: ByteSet) {
        words |= other.words
    }

    mutating func remove(_ byte: UInt8) {
        words[Int(byte >> 6)] &= ~(1 << UInt64(byte & 63))
    }

    mutating func invert() {
        words = ~words
    }
}

extension ByteSet {
    /// The bytes of a POSIX class such as `alpha`: ASCII alone, whatever the locale.
    ///
    /// `space` is what git counts as such: neither form feed nor vertical tab.
    ///
    /// - Returns: Nil for a name that is no class.
    init?(className: some Collection<UInt8>) {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let upper = UInt8(ascii: "A")...UInt8(ascii: "Z")
        let lower = UInt8(ascii: "a")...UInt8(ascii: "z")
        let visible: ClosedRange<UInt8> = 0x21...0x7E
        switch String(decoding: className, as: UTF8.self) {
        case "alnum":
            insert(digits)
            insert(upper)
            insert(lower)
        case "alpha":
            insert(upper)
            insert(lower)
        case "blank": insert([0x20, 0x09])
        case "cntrl":
            insert(0x00...0x1F)
            insert(0x7F)
        case "digit": insert(digits)
        case "graph": insert(visible)
        case "lower": insert(lower)
        case "print": insert(0x20...0x7E)
        case "punct":
            insert(visible.filter { !digits.contains($0) && !upper.contains($0) && !lower.contains($0) })
        case "space": insert([0x20, 0x09, 0x0A, 0x0D])
        case "upper": insert(upper)
        case "xdigit":
            insert(digits)
            insert(UInt8(ascii: "A")...UInt8(ascii: "F"))
            insert(UInt8(ascii: "a")...UInt8(ascii: "f"))
        default: return nil
        }
    }
}
