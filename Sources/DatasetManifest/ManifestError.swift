/// Why a manifest is refused: what is wrong, at which path of the tree, and at which place of the text.
package struct ManifestError: Error, Sendable, Equatable {
    /// Names from the directory of the manifest to what is wrong; empty for the whole text.
    package var path: [String]
    /// What is wrong, and where it helps the remedy: `expected a text or a mapping, found a list`.
    package var problem: String
    /// Where it stands; nil when no single place is at fault.
    package var place: TextPlace?

    package init(_ problem: String, path: [String] = [], place: TextPlace? = nil) {
        self.path = path
        self.problem = problem
        self.place = place
    }
}

/// A place in a text.
package struct TextPlace: Sendable, Equatable {
    /// From 1.
    package var line: Int
    /// From 1, counted in Unicode scalars.
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

extension ManifestError: CustomStringConvertible {
    /// One line: `samples/raw: expected a text or a mapping, found a list (line 12, column 5)`.
    package var description: String {
        var text = ""
        if !path.isEmpty { text += path.map(Self.printable).joined(separator: "/") + ": " }
        text += Self.printable(problem)
        if let place { text += " (line \(place.line), column \(place.column))" }
        return text
    }

    /// Text in which nothing breaks a line or moves a terminal's cursor.
    static func printable(_ text: String) -> String {
        var answer = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .format, .surrogate:
                answer += "\\u{\(String(scalar.value, radix: 16))}"
            default: answer.unicodeScalars.append(scalar)
            }
        }
        return answer
    }
}
