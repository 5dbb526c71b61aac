/// Writes JSON for people, two spaces deep per level, and hands it on in pieces.
struct JSONWriter<Failure: Error> {
    private let sink: ([UInt8]) throws(Failure) -> Void
    private var buffer: [UInt8] = []
    /// For each open object or list: it has something in it.
    private var open: [Bool] = []
    private var followsName = false

    static var pieceSize: Int { 64 << 10 }

    init(to sink: @escaping ([UInt8]) throws(Failure) -> Void) {
        self.sink = sink
        buffer.reserveCapacity(Self.pieceSize + 4096)
    }

    /// Ends the last line and hands on what is left.
    mutating func finish() throws(Failure) {
        buffer.append(0x0A)
        try sink(buffer)
        buffer = []
    }

    mutating func begin(_ bracket: UInt8 = UInt8(ascii: "{")) throws(Failure) {
        try separate()
        buffer.append(bracket)
        open.append(false)
    }

    mutating func end(_ bracket: UInt8 = UInt8(ascii: "}")) {
        let hasContent = open.popLast() ?? false
        if hasContent {
            buffer.append(0x0A)
            buffer.appendIndentation(open.count * 2)
        }
        buffer.append(bracket)
    }

    mutating func beginList() throws(Failure) { try begin(UInt8(ascii: "[")) }

    mutating func endList() { end(UInt8(ascii: "]")) }

    /// - Parameter name: One of the view's own, which holds nothing to escape.
    mutating func name(_ name: String) throws(Failure) {
        try separate()
        buffer.append(UInt8(ascii: "\""))
        buffer += name.utf8
        buffer += "\": ".utf8
        followsName = true
    }

    mutating func value(_ text: String) throws(Failure) {
        try separate()
        buffer.appendQuoted(text)
    }

    mutating func value(_ number: UInt64) throws(Failure) {
        try separate()
        buffer += String(number).utf8
    }

    mutating func value(_ flag: Bool) throws(Failure) {
        try separate()
        buffer += (flag ? "true" : "false").utf8
    }

    /// Left out where there is nothing to say.
    mutating func member(_ name: String, _ text: String?) throws(Failure) {
        guard let text, !text.isEmpty else { return }
        try self.name(name)
        try value(text)
    }

    /// Left out where there are none.
    mutating func member(_ name: String, _ texts: [String]) throws(Failure) {
        guard !texts.isEmpty else { return }
        try self.name(name)
        try beginList()
        for text in texts { try value(text) }
        endList()
    }

    private mutating func separate() throws(Failure) {
        if followsName {
            followsName = false
            return
        }
        guard let hasContent = open.last else { return }
        if buffer.count >= Self.pieceSize {
            try sink(buffer)
            buffer.removeAll(keepingCapacity: true)
        }
        if hasContent { buffer.append(UInt8(ascii: ",")) }
        buffer.append(0x0A)
        buffer.appendIndentation(open.count * 2)
        open[open.count - 1] = true
    }
}
