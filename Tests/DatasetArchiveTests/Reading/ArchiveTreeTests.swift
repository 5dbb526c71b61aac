import Testing

@testable import DatasetArchive

@Suite("The tree of an archive")
struct ArchiveTreeTests {
    private func tree(_ entries: [ZipBuilder.Entry], limits: ArchiveLimits = .standard) throws -> ArchiveTree {
        try ArchiveTree(ArchiveDirectory(ZipBuilder(entries).bytes), limits: limits)
    }

    private func paths(_ tree: ArchiveTree) -> [String] {
        tree.nodes.indices.dropFirst().map { tree.path(of: $0) + (tree.nodes[$0].kind == .directory ? "/" : "") }
            .sorted()
    }

    private func tree(_ names: String...) throws -> ArchiveTree {
        try tree(names.map { ZipBuilder.Entry($0) })
    }

    @Test("Directories that no member tells are implied")
    func implied() throws {
        let tree = try tree("a/b/c.txt", "a/d/", "e")

        #expect(paths(tree) == ["a/", "a/b/", "a/b/c.txt", "a/d/", "e"])
        #expect(tree.problems.isEmpty)
        #expect(tree.node(at: "a/b").map { tree.nodes[$0].member } == .some(nil))
        #expect(tree.node(at: "a/d").map { tree.nodes[$0].member } == 1)
        #expect(tree.node(at: "a/b/c.txt").map { tree.nodes[$0].member } == 0)
        #expect(tree.node(at: "a/x") == nil)
    }

    @Test("A directory is one by its slash or by its mode")
    func directoryKinds() throws {
        var byMode = ZipBuilder.Entry("by-mode")
        byMode.externalAttributes = 0o040755 << 16
        var byAttribute = ZipBuilder.Entry("by-attribute")
        byAttribute.externalAttributes = 0x10
        byAttribute.madeBy = 20

        let tree = try tree([byMode, byAttribute, ZipBuilder.Entry("by-slash/")])

        #expect(paths(tree) == ["by-attribute/", "by-mode/", "by-slash/"])
    }

    @Test("Names that climb are left out, absolute ones lose their front")
    func hostileNames() throws {
        let tree = try tree("../a", "b/../../c", "d/..", "/etc/passwd", "C:/win.ini", "//host/share", ".", "./f//g", "")

        #expect(
            paths(tree) == ["etc/", "etc/passwd", "f/", "f/g", "host/", "host/share", "win.ini"]
        )
        #expect(tree.problems.filter { $0.kind == .traversal && $0.outcome == .leftOut }.count == 3)
        #expect(tree.problems.filter { $0.kind == .absoluteName }.count == 3)
        #expect(tree.problems.filter { $0.kind == .emptyName }.count == 2)
    }

    @Test("Backslashes part names of Windows makers only")
    func backslashes() throws {
        var windows = ZipBuilder.Entry("a\\b\\..\\..\\c")
        windows.madeBy = 20
        var sound = ZipBuilder.Entry("x\\y")
        sound.madeBy = 10 << 8 | 20

        let tree = try tree([windows, sound, ZipBuilder.Entry("p\\q")])

        #expect(paths(tree) == ["p\\q", "x/", "x/y"])
        #expect(tree.problems.map(\.kind) == [.traversal])
    }

    @Test("NUL, false UTF-8 and overlong names are shown in a form that a file system can hold")
    func impossibleNames() throws {
        var false8 = ZipBuilder.Entry("x")
        false8.name = [0x61, 0xff, 0xc3, 0xa9, 0xc3]
        false8.flags = .utf8
        let long = String(repeating: "ä", count: 300) + ".txt"

        let tree = try tree([ZipBuilder.Entry("n\0ul"), false8, ZipBuilder.Entry(long)])
        let cut = try #require(paths(tree).last)

        #expect(paths(tree).dropLast() == ["a%FFé%C3", "n%00ul"])
        #expect(cut.utf8.count <= 255 && cut.hasPrefix("ääää") && cut.hasSuffix(".txt") && cut.contains("~"))
        #expect(Set(tree.problems.map(\.kind)) == [.invalidText, .nulInName, .overlongName])
    }

    @Test("The last of several members with one name is the one")
    func duplicates() throws {
        let tree = try tree([
            ZipBuilder.Entry("a", [1]), ZipBuilder.Entry("b"), ZipBuilder.Entry("a", [2]), ZipBuilder.Entry("./a", [3]),
        ])

        #expect(paths(tree) == ["a", "b"])
        #expect(tree.node(at: "a").map { tree.nodes[$0].member } == 3)
        #expect(tree.problems.map(\.kind) == [.duplicate, .duplicate])
    }

    @Test("A file that is a directory too is shown beside it", arguments: [true, false])
    func fileAndDirectory(fileFirst: Bool) throws {
        let names = fileFirst ? ["x.tar", "x.tar/inner"] : ["x.tar/inner", "x.tar"]

        let tree = try tree(names.map { ZipBuilder.Entry($0) })

        #expect(paths(tree) == ["x (2).tar", "x.tar/", "x.tar/inner"])
        #expect(tree.problems.map(\.kind) == [.fileIsDirectory])
    }

    @Test("The new name of a displaced file is free")
    func displacedTwice() throws {
        let tree = try tree("x", "x/y", "x (2)", "x (3)/", "x")

        #expect(paths(tree) == ["x (2)", "x (3)/", "x (4)", "x/", "x/y"])
        #expect(tree.node(at: "x (4)").map { tree.nodes[$0].member } == 4)
    }

    @Test("Case twins and differently composed accents are different names")
    func twins() throws {
        let tree = try tree("Readme", "README", "\u{e9}", "e\u{301}")

        #expect(tree.nodes.count == 5)
        #expect(tree.problems.isEmpty)
        #expect(tree.node(at: "e\u{301}") != tree.node(at: "\u{e9}"))
    }

    @Test("Devices, sockets and FIFOs are left out")
    func specialFiles() throws {
        var device = ZipBuilder.Entry("null")
        device.externalAttributes = 0o020666 << 16

        let tree = try tree([device, ZipBuilder.Entry("a")])

        #expect(paths(tree) == ["a"])
        #expect(tree.problems.map(\.kind) == [.specialFile])
    }

    @Test("Names in too many directories are left out, too many directories refuse the archive")
    func depth() throws {
        var limits = ArchiveLimits.standard
        limits.maximumMembers = 100
        let deep = Array(repeating: "d", count: 129).joined(separator: "/")
        let wide = (0..<2).map { number in
            ZipBuilder.Entry((0..<60).map { "\(number)-\($0)" }.joined(separator: "/"))
        }

        #expect(try tree(deep).problems.map(\.kind) == [.tooDeep])
        #expect(code { try tree(wide, limits: limits) } == .limitExceeded)
    }

    @Test("Children are sorted by bytes and found by them")
    func order() throws {
        let tree = try tree("b", "a/z", "a/y", "B", "\u{fc}", "a b")

        #expect(tree.nodes[0].children.map { tree.nodes[$0].name } == ["B", "a", "a b", "b", "\u{fc}"])
        #expect(tree.nodes.indices.allSatisfy { tree.node(at: tree.path(of: $0)) == $0 })
    }

    @Test("Problems are kept up to a bound")
    func manyProblems() throws {
        let tree = try tree((0..<1_500).map { ZipBuilder.Entry("../\($0)") })

        #expect(tree.problems.count == 1_000)
        #expect(tree.omittedProblems == 500)
    }
}
