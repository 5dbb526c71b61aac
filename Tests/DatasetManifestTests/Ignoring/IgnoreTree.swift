import DatasetTestSupport
import Foundation

/// A tree of files with ignore files in it, made at random from few names and pattern pieces, so that they meet often.
struct IgnoreTree {
    /// Relative paths; a directory's before what it holds.
    private(set) var paths: [(path: String, isDirectory: Bool)] = []
    /// By directory.
    private(set) var ignoreFiles: [(directory: String, text: String)] = []

    private static let names = [
        "a", "b", "c", "ab", "abc", "aab", "foo", "bar", "foobar", "foo.txt", "a.c", "b.o", "x-y", "a b", "é", "[x]",
        "!n", "#h", "A", "B.O", "z ", "0", "9_", "a*b", "q?", "back\\slash", "ü.txt", "tab\t", "]", "^", "-",
    ]

    /// - Parameter top: The directory it stands in, below the root of the whole.
    init(below top: String, _ generator: inout SeededGenerator) {
        grow(top, depth: 0, &generator)
    }

    private mutating func grow(_ directory: String, depth: Int, _ generator: inout SeededGenerator) {
        if depth == 0 || Int.random(in: 0..<3, using: &generator) == 0 {
            ignoreFiles.append((directory, Self.ignoreText(&generator)))
        }
        let names = Set((0..<Int.random(in: 2...7, using: &generator)).map { _ in Self.name(&generator) })
        for name in names.sorted() {
            let path = "\(directory)/\(name)"
            let isDirectory = depth < 4 && Int.random(in: 0..<5, using: &generator) < 3
            paths.append((path, isDirectory))
            if isDirectory { grow(path, depth: depth + 1, &generator) }
        }
    }

    private static func name(_ generator: inout SeededGenerator) -> String {
        names[Int(generator.next() % UInt64(names.count))]
    }

    static func ignoreText(_ generator: inout SeededGenerator) -> String {
        var text = Int.random(in: 0..<20, using: &generator) == 0 ? "\u{FEFF}" : ""
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            text += line(&generator)
            text += Int.random(in: 0..<12, using: &generator) == 0 ? "\r\n" : "\n"
        }
        if Int.random(in: 0..<10, using: &generator) == 0 { text += line(&generator) }
        return text
    }

    private static func line(_ generator: inout SeededGenerator) -> String {
        if Int.random(in: 0..<20, using: &generator) == 0 {
            return ["", "#a", "   ", "/", "//", "!", "\\"].pick(&generator)
        }
        var line = Int.random(in: 0..<4, using: &generator) == 0 ? "!" : ""
        if Int.random(in: 0..<4, using: &generator) == 0 { line += "/" }
        for part in 0..<[1, 1, 1, 2, 2, 3, 4].pick(&generator) {
            if part > 0 { line += Int.random(in: 0..<30, using: &generator) == 0 ? "\\/" : "/" }
            line += component(&generator)
        }
        if Int.random(in: 0..<5, using: &generator) == 0 { line += "/" }
        if Int.random(in: 0..<10, using: &generator) == 0 {
            line += [" ", "  ", "\\ ", "\\  ", "\t", " \\", "\r"].pick(&generator)
        }
        return line
    }

    private static func component(_ generator: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0...2: return name(&generator)
        case 3: return "**"
        case 4: return ["*", "*.txt", "*.o", "a*", "*b", "?", "??", "***", "**a", "a**", "*a*b*"].pick(&generator)
        default:
            return (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                switch Int.random(in: 0..<12, using: &generator) {
                case 0: return "*"
                case 1: return "?"
                case 2: return "**"
                case 3: return "\\" + String("ab*?[]!# \\-".pick(&generator))
                case 4...5: return bracket(&generator)
                default: return String("abcfox.[]-! é0".pick(&generator))
                }
            }.joined()
        }
    }

    private static func bracket(_ generator: inout SeededGenerator) -> String {
        let pieces = [
            "a", "b", "c", "]", "-", "\\", "!", "^", "/", "a-c", "c-a", "x-", "[:alpha:]", "[:digit:]", "[:upper:]",
            "[:punct:]", "[:space:]", "[:nope:]", "[:", ":]", "[", "\\]", "\\-", "A-Z", "0-9", "é", "--0", "+--",
            "[:graph:]",
            "[:alnum:]-z", "[:lower:]", "[:xdigit:]", "[:cntrl:]", "[:blank:]", "[:print:]", "[::]", "[:]", "\\a-\\c",
        ]
        let open = ["[", "[", "[", "[!", "[^", "[]", "[!]"].pick(&generator)
        let members = (0..<Int.random(in: 1...3, using: &generator)).map { _ in pieces.pick(&generator) }.joined()
        return open + members + (Int.random(in: 0..<12, using: &generator) == 0 ? "" : "]")
    }

    /// Makes files and directories on the disk.
    func plant(in root: String) throws {
        for (path, isDirectory) in paths {
            if isDirectory {
                try FileManager.default.createDirectory(atPath: "\(root)/\(path)", withIntermediateDirectories: true)
            } else {
                try write("", to: "\(root)/\(path)")
            }
        }
        for (directory, text) in ignoreFiles { try write(text, to: "\(root)/\(directory)/.gitignore") }
    }

    private func write(_ text: String, to path: String) throws {
        let parent = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
}

extension Collection where Index == Int {
    fileprivate func pick(_ generator: inout SeededGenerator) -> Element {
        self[Int(generator.next() % UInt64(count))]
    }
}

extension String {
    fileprivate func pick(_ generator: inout SeededGenerator) -> Character {
        Array(self).pick(&generator)
    }
}
