import DatasetModel
import DatasetTestSupport
import Testing

extension StoreConformance {
    static let listingChecks = [
        StoreCheck("lists in its root exactly what is there") { subject in
            try subject.requireListing(of: "")
        },
        StoreCheck("lists files in its root beside directories", for: \.holdsFilesInRoot) { subject in
            try subject.fixture.put(.file(.text("at the top")), at: "top.txt")

            let nodes = try subject.children(of: "")

            try require(nodes.map(\.name).sorted() == ["first", "second", "top.txt"], "lists \(nodes.map(\.name))")
        },
        StoreCheck("lists nothing in an empty root", planting: { _ in ReferenceTree() }) { subject in
            try require(try subject.children(of: "").isEmpty, "lists something")
        },
        StoreCheck("lists every directory at any depth, with kinds and what it tells of sizes right") { subject in
            for path in subject.tree.paths where subject.tree[path] == .directory {
                try subject.requireListing(of: path)
            }
        },
        StoreCheck("lists nothing in an empty directory", for: \.holdsEmptyDirectories) { subject in
            try subject.fixture.put(.directory, at: "first/empty")

            try require(try subject.listed("first/empty").kind == .directory, "it is no directory")
            try require(try subject.children(of: "first/empty").isEmpty, "lists something")
        },
        StoreCheck("gives each child once, over many pages", planting: { .wide($0.pageSize * 3 + 1) }) { subject in
            var pauses = 0

            let nodes = try subject.children(of: try subject.location(of: "wide")) { pauses += 1 }

            let expected = subject.tree.children(of: "wide")
            try require(nodes.map { ReferenceTree.Path($0.name) }.sorted() == expected, "lists \(nodes.count) children")
            try require(pauses >= 3, "needs only \(pauses + 1) pages")
        },
        StoreCheck(
            "gives what stays once, whatever comes and goes between pages",
            for: \.pagesSurviveChanges,
            planting: { .wide($0.pageSize * 3 + 1) }
        ) { subject in
            let all = subject.tree.children(of: "wide")
            let stays = all.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            var goes = all.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
            var count = 0

            let nodes = try subject.children(of: try subject.location(of: "wide")) {
                if let name = goes.popLast() { try subject.fixture.remove("wide/\(name)") }
                count += 1
                try subject.fixture.put(.file(.text("new")), at: "wide/new \(count)")
            }

            let names = nodes.map { ReferenceTree.Path($0.name) }
            try require(Set(names).count == names.count, "lists something twice")
            try require(Set(stays).isSubset(of: names), "leaves out \(Set(stays).subtracting(names))")
        },
        StoreCheck("shows what came and leaves out what went") { subject in
            try subject.fixture.put(.file(.text("new")), at: "second/new.txt")
            try subject.fixture.remove("second/text.txt")

            let names = try subject.children(of: "second").map(\.name)

            try require(names == ["new.txt"], "lists \(names)")
        },
        StoreCheck("says of an unknown directory that it is not there") { subject in
            try requireFailure(.notFound) { _ = try subject.children(of: subject.fixture.unknownLocation) }
        },
    ]
}

extension ReferenceTree {
    fileprivate static func wide(_ count: Int) -> ReferenceTree {
        var tree = ReferenceTree()
        for number in 0..<count { tree.addFile(Path("wide/file \(number).txt"), .text("\(number)")) }
        return tree
    }
}

extension StoreSubject {
    /// Compares a listing with what was planted: names, kinds, and sizes where they are told.
    fileprivate func requireListing(of path: ReferenceTree.Path) throws {
        let nodes = try children(of: path)
        let names = nodes.map { ReferenceTree.Path($0.name) }.sorted()
        try require(names == tree.children(of: path), "“\(path)” lists \(names)")
        for node in nodes {
            switch tree[path.child(node.name)] {
            case .directory: try require(node.kind == .directory, "“\(node.name)” is \(node.kind)")
            case .file(let content):
                try require(node.kind == .file, "“\(node.name)” is \(node.kind)")
                try require((node.size ?? content.size) == content.size, "“\(node.name)” has size \(node.size ?? 0)")
            case .link(let target): try require(node.kind == .link(target: target), "“\(node.name)” is \(node.kind)")
            case nil: try require(false, "“\(node.name)” was not planted")
            }
        }
    }
}
