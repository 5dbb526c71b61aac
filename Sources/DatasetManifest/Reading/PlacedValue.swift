internal import DatasetModel

/// A parsed value together with where it stands.
struct PlacedValue {
    var content: Content
    var position: Position

    enum Content {
        case null
        case bool(Bool)
        case number(String)
        case text(String)
        case list([PlacedValue])
        /// In the order of the source; a name may stand twice.
        case mapping([PlacedMember])
    }

    /// Names the type in the sentence "expected a text, found …".
    var found: String {
        switch content {
        case .null: "nothing"
        case .bool(let flag): "the truth value \(flag)"
        case .number(let text): text.utf8.count > 40 ? "a number" : "the number \(text)"
        case .text: "a text"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}

struct PlacedMember {
    var name: String
    var position: Position
    var value: PlacedValue
}

/// Where a value stands, as cheaply as its parser tells it.
enum Position {
    /// Bytes from the beginning of the text.
    case offset(Int)
    case place(TextPlace)

    func place(in bytes: [UInt8]) -> TextPlace {
        switch self {
        case .place(let place): place
        case .offset(let offset): TextPlace(offset: offset, in: bytes)
        }
    }
}

extension TextPlace {
    init(offset: Int, in bytes: [UInt8]) {
        self.init(line: 1, column: 1)
        for byte in bytes.prefix(offset) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
    }
}

/// A name as a key of sets: equal only where all bytes are.
struct ExactName: ExactlyCompared {
    let rawValue: String
}

/// Thrown while parsing; becomes a ``ManifestError`` once the text is at hand to count lines in.
struct Refusal: Error {
    var problem: String
    var path: [String] = []
    var position: Position

    init(_ problem: String, path: [String] = [], at position: Position) {
        self.problem = problem
        self.path = path
        self.position = position
    }
}
