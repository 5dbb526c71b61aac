import Testing

@testable import DatasetManifest

@Suite struct IgnoreRulesTests {
    private func stack(_ files: [(directory: String, text: String)]) -> IgnoreStack {
        var stack = IgnoreStack()
        for file in files {
            let name = file.directory.isEmpty ? ".gitignore" : "\(file.directory)/.gitignore"
            stack.add(IgnoreRules(parsing: file.text.utf8, named: name, in: file.directory))
        }
        return stack
    }

    private func isIgnored(_ path: String, by text: String, isDirectory: Bool = false) -> Bool {
        stack([("", text)]).decision(for: path, isDirectory: isDirectory).isIgnored
    }

    @Test("A decision names file, line and text of its rule")
    func decisionNamesRule() throws {
        let stack = stack([("", "# nothing\n\n*.o\n"), ("src", "!keep.o  \n")])

        let ignored = stack.decision(for: "lib/x.o", isDirectory: false)
        let kept = stack.decision(for: "src/keep.o", isDirectory: false)

        guard case .ignored(let rule) = ignored, case .kept(let negated?) = kept else {
            Issue.record("\(ignored), \(kept)")
            return
        }
        #expect((rule.source, rule.line, rule.text) == (".gitignore", 3, "*.o"))
        #expect((negated.source, negated.line, negated.text) == ("src/.gitignore", 1, "!keep.o"))
        #expect(stack.decision(for: "src/main.c", isDirectory: false) == .kept(by: nil))
    }

    @Test("Nothing below an ignored directory is taken back, not by a deeper file either")
    func parentWins() {
        let stack = stack([("", "build/\n!build/keep\n"), ("build", "!*\n")])

        #expect(stack.decision(for: "build/keep", isDirectory: false).isIgnored)
        #expect(!stack.decision(for: "build", isDirectory: false).isIgnored, "a file of that name")
    }

    @Test("The classic way to keep one file of a directory works")
    func reincluded() {
        let text = "/*\n!/foo\n/foo/*\n!/foo/bar\n"

        #expect(isIgnored("other", by: text))
        #expect(!isIgnored("foo", by: text, isDirectory: true))
        #expect(!isIgnored("foo/bar", by: text))
        #expect(isIgnored("foo/baz", by: text))
    }

    @Test("Defaults yield to every file in the tree, rules of the command line to none")
    func order() {
        var stack = IgnoreStack(
            defaults: [IgnoreRules(patterns: ["*.pyc", ".git"], named: "defaults")],
            overriding: [IgnoreRules(patterns: ["!b", "secret"], named: "--ignore")]
        )
        stack.add(IgnoreRules(parsing: "!x.pyc\nb\n!secret\n".utf8, named: ".gitignore"))

        #expect(stack.decision(for: "y.pyc", isDirectory: false).isIgnored)
        #expect(!stack.decision(for: "x.pyc", isDirectory: false).isIgnored)
        #expect(!stack.decision(for: "b", isDirectory: false).isIgnored)
        #expect(stack.decision(for: "a/secret", isDirectory: false).isIgnored)
        #expect(stack.decision(for: "a/.git/config", isDirectory: false).isIgnored)
    }

    @Test("Rules of a directory can be replaced and forgotten")
    func replaced() {
        var stack = stack([("a", "x\n")])
        #expect(stack.decision(for: "a/x", isDirectory: false).isIgnored)

        stack.add(IgnoreRules(parsing: "y\n".utf8, named: "a/.gitignore", in: "a"))
        #expect(!stack.decision(for: "a/x", isDirectory: false).isIgnored)
        #expect(stack.decision(for: "a/b/y", isDirectory: false).isIgnored)

        stack.removeRules(in: "a")
        #expect(!stack.decision(for: "a/b/y", isDirectory: false).isIgnored)
    }

    @Test("Line ends of Windows, a byte order mark and a missing last line end change nothing")
    func lineEnds() {
        #expect(isIgnored("a", by: "\u{FEFF}a\r\nb  \r\nc"))
        #expect(isIgnored("b", by: "\u{FEFF}a\r\nb  \r\nc"))
        #expect(isIgnored("c", by: "\u{FEFF}a\r\nb  \r\nc"))
    }

    @Test("Case counts")
    func caseCounts() {
        #expect(!isIgnored("A.PYC", by: "*.pyc\n"))
    }

    @Test("A pattern made to explode takes no time", .timeLimit(.minutes(1)))
    func manyStars() {
        let name = String(repeating: "a", count: 250)
        let pattern = "x/" + "**/*a" + String(repeating: "*a", count: 60) + "b\n"
        let path = "x/" + Array(repeating: name, count: 8).joined(separator: "/")

        #expect(!isIgnored(path, by: pattern))
    }
}
