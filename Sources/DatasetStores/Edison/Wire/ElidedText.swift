extension Edison {
    /// A JSON text that is counted as it passes instead of being kept: how many bytes of UTF-8 it stands for.
    struct ElidedText {
        private enum Escape {
            case none
            case backslash
            case hexadecimal(digits: Int, value: UInt16)
        }

        /// Bytes of UTF-8 that the text, its escapes resolved, consists of.
        private(set) var length = 0
        private(set) var isComplete = false

        private let limit: Int
        private var raw: [UInt8] = []
        private var isLong = false
        private var escape = Escape.none
        private var leadSurrogate = false

        init(keeping limit: Int) {
            self.limit = limit
        }

        /// The text as it stood between the quotes, nil when it is longer than what is kept or more than one word.
        var kept: [UInt8]? { isLong ? nil : raw }

        /// Takes bytes up to and including the closing quote.
        ///
        /// - Returns: The index after the last byte taken.
        mutating func consume(_ bytes: UnsafeRawBufferPointer, from first: Int) -> Int {
            let count = bytes.count
            var index = first
            while index < count, !isComplete {
                let run = index
                if case .none = escape {
                    while index < count, unsafe bytes[index] != UInt8(ascii: "\""),
                        unsafe bytes[index] != UInt8(ascii: "\\")
                    {
                        index += 1
                    }
                    if index > run { flushSurrogate() }
                    length += index - run
                    unsafe keep(bytes, run..<index)
                    guard index < count else { break }
                }
                let byte = unsafe bytes[index]
                index += 1
                if case .none = escape, byte == UInt8(ascii: "\"") {
                    flushSurrogate()
                    isComplete = true
                } else {
                    unsafe keep(bytes, (index - 1)..<index)
                    take(byte)
                }
            }
            return index
        }

        private mutating func keep(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
            guard !isLong else { return }
            // What is not one word is no URL, which is all that the text is kept for.
            if raw.count + range.count > limit || (unsafe bytes[range].contains(0x20)) {
                isLong = true
                raw = []
            } else {
                unsafe raw += bytes[range]
            }
        }

        /// One byte of an escape.
        private mutating func take(_ byte: UInt8) {
            switch escape {
            case .none: escape = .backslash
            case .backslash:
                if byte == UInt8(ascii: "u") {
                    escape = .hexadecimal(digits: 0, value: 0)
                } else {
                    escape = .none
                    flushSurrogate()
                    length += 1
                }
            case .hexadecimal(let digits, let value):
                let next = value << 4 | UInt16(hexValue(byte) ?? 0)
                if digits < 3 {
                    escape = .hexadecimal(digits: digits + 1, value: next)
                } else {
                    escape = .none
                    count(unit: next)
                }
            }
        }

        private mutating func count(unit: UInt16) {
            if leadSurrogate, UTF16.isTrailSurrogate(unit) {
                leadSurrogate = false
                length += 4
                return
            }
            flushSurrogate()
            if UTF16.isLeadSurrogate(unit) {
                leadSurrogate = true
            } else {
                length += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3
            }
        }

        /// A lead surrogate without its other half becomes U+FFFD, three bytes.
        private mutating func flushSurrogate() {
            if leadSurrogate { length += 3 }
            leadSurrogate = false
        }
    }
}
