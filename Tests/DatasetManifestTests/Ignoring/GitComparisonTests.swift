import DatasetTestSupport
import Foundation
import Testing

@testable import DatasetManifest

/// The rules mean what they mean to git itself.
@Suite struct GitComparisonTests {
    /// Trees of one repository, each in a directory of its own.
    private static let trees = 40

    @Test("Every path of generated trees is decided as by git check-ignore, by the same line", arguments: 0..<6)
    func sameAsGit(round: Int) async throws {
        try await withSeed("git check-ignore, round \(round)") { generator in
            try await withTemporaryDirectory { directory in
                let root = directory.file("work")
                try await prepare(root)
                let trees = (0..<Self.trees).map { IgnoreTree(below: "t\($0)", &generator) }
                for tree in trees { try tree.plant(in: root) }
                // Defaults often catch everything: half of the rounds go without.
                let defaults = round.isMultiple(of: 2) ? "" : IgnoreTree.ignoreText(&generator)
                try Data(defaults.utf8).write(to: URL(fileURLWithPath: directory.file("defaults")))

                var stack = IgnoreStack(
                    defaults: [IgnoreRules(parsing: defaults.utf8, named: directory.file("defaults"))]
                )
                for (place, text) in trees.flatMap(\.ignoreFiles) {
                    stack.add(IgnoreRules(parsing: text.utf8, named: "\(place)/.gitignore", in: place))
                }
                let paths = trees.flatMap(\.paths)
                let answers = try await git(root, paths.map(\.path), excludes: directory.file("defaults"))
                try #require(answers.count == paths.count)

                var ignored = 0
                var different: [(git: Answer, own: Answer)] = []
                for (answer, (path, isDirectory)) in zip(answers, paths) {
                    let own = Answer(stack.decision(for: path, isDirectory: isDirectory), of: path)
                    if !own.source.isEmpty { ignored += 1 }
                    if own != answer { different.append((answer, own)) }
                }
                #expect(different.isEmpty)
                print("\(paths.count) paths, \(ignored) of them with a rule")
                #expect(ignored > paths.count / 20)
            }
        }
    }

    @Test("Ignore files at the top and links to directories are taken as git takes them")
    func topAndLinks() async throws {
        try await withTemporaryDirectory { directory in
            let root = directory.file("work")
            try await prepare(root)
            let text = "link/\n/file\nsub/*.x\n**/deep\n!sub/k.x\nfoo**/bar\n"
            try Data(text.utf8).write(to: URL(fileURLWithPath: root + "/.gitignore"))
            try FileManager.default.createDirectory(atPath: root + "/sub/file/foo1", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: root + "/link", withDestinationPath: "sub")
            let paths = [
                "link", "file", "sub", "sub/file", "sub/a.x", "sub/k.x", "sub/file/foo1", "x/deep/y", "foo/a/bar",
            ]

            let answers = try await git(root, paths, excludes: "/dev/null")

            var stack = IgnoreStack()
            stack.add(IgnoreRules(parsing: text.utf8, named: ".gitignore"))
            let directories: Set = ["sub", "sub/file", "sub/file/foo1"]
            for (answer, path) in zip(answers, paths) {
                let own = stack.decision(for: path, isDirectory: directories.contains(path))
                #expect(Answer(own, of: path) == answer)
            }
        }
    }

    /// What `git check-ignore -v -n` says of one path.
    private struct Answer: Equatable {
        var source = ""
        var line = ""
        var pattern = ""
        var path: String

        init(_ fields: [String]) {
            (source, line, pattern, path) = (fields[0], fields[1], fields[2], fields[3])
        }

        init(_ decision: IgnoreDecision, of path: String) {
            self.path = path
            switch decision {
            case .ignored(let rule), .kept(.some(let rule)):
                (source, line, pattern) = (rule.source, "\(rule.line)", rule.text)
            case .kept(nil): break
            }
        }
    }

    private let environment = ["GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "LC_ALL": "C.UTF-8"]

    private func prepare(_ root: String) async throws {
        let result = try await runProgram("git", ["init", "-q", "--template=", root], environment: environment)
        try #require(result.isSuccess, "\(result)")
    }

    private func git(_ root: String, _ paths: [String], excludes: String) async throws -> [Answer] {
        let options = ["-c", "core.ignorecase=false", "-c", "core.excludesFile=\(excludes)"]
        let result = try await runProgram(
            "git",
            ["-C", root] + options + ["check-ignore", "-v", "-n", "-z", "--no-index", "--stdin"],
            environment: environment,
            input: paths.flatMap { Array($0.utf8) + [0] },
            within: .seconds(180)
        )
        try #require(result.status == .exited(0) || result.status == .exited(1), "\(result)")
        let fields = result.outputBytes.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
        return stride(from: 0, to: fields.count, by: 4).map { Answer(Array(fields[$0..<($0 + 4)])) }
    }
}
