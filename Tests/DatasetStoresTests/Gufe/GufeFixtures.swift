import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Synchronization
import Testing

@testable import DatasetStores

/// A directory that other programs write as well.
final class FileStoreFixture: StoreFixture {
    static let traits = FixtureTraits(
        linkTarget: "../some/where else",
        pageSize: 7,
        writing: WritingTraits(
            refusedNames: WritingTraits().refusedNames + [".datasetfs-0123456789abcdef.part"]
        )
    )

    let directory: TemporaryDirectory
    let store: any Store

    init(holding tree: ReferenceTree) throws {
        directory = try TemporaryDirectory()
        try tree.plant(in: directory.path)
        store = try Gufe.FileStore(directory: directory.path, pageSize: Self.traits.pageSize)
    }

    var unknownLocation: Location { Location("first/no such thing") }

    func put(_ entry: ReferenceTree.Entry, at path: ReferenceTree.Path) throws {
        try ReferenceTree.plant(entry, at: directory.file(path.text))
    }

    func remove(_ path: ReferenceTree.Path) throws {
        let status = unsafe Glibc.remove(directory.file(path.text))
        try require(status == 0, "remove \(path): errno \(errno)")
    }
}

final class MemoryStoreFixture: StoreFixture {
    static let traits = FixtureTraits(
        linkTarget: "../some/where else",
        pageSize: 7,
        writing: WritingTraits()
    )

    private let memory = Gufe.MemoryStore(pageSize: traits.pageSize)
    var store: any Store { memory }

    init(holding tree: ReferenceTree) throws {
        for path in tree.paths {
            if let entry = tree[path] { try put(entry, at: path) }
        }
    }

    var unknownLocation: Location { Location("first/no such thing") }

    func put(_ entry: ReferenceTree.Entry, at path: ReferenceTree.Path) throws {
        if case .file(let content) = entry {
            return try memory.storeBytes(content.allBytes, at: location(of: path))
        }
        let place = try Gufe.RelativePath(location(of: path))
        let now = Timestamp(nanoseconds: SystemTime().wallNanoseconds())
        memory.contents.withLock { contents in
            if case .link(let target) = entry {
                contents.put(.link(target: target), at: place, now)
            } else {
                contents.put(.directory, at: place, now)
            }
        }
    }

    func remove(_ path: ReferenceTree.Path) throws {
        let place = try Gufe.RelativePath(location(of: path))
        let removed = memory.contents.withLock { $0.remove(place) }
        try require(removed != nil, "remove \(path): it is not there")
    }

    private func location(of path: ReferenceTree.Path) -> Location {
        let names = path.text.split(separator: "/").map { Gufe.PathEscape.text(of: Array($0.utf8)) }
        return Location(names.joined(separator: "/"))
    }
}

/// A store behind the decorator that has no faults to make: it must not be noticed.
final class FaultlessStoreFixture: StoreFixture {
    static let traits = MemoryStoreFixture.traits

    private let base: MemoryStoreFixture
    let store: any Store

    init(holding tree: ReferenceTree) throws {
        base = try MemoryStoreFixture(holding: tree)
        store = FaultyStore(base.store)
    }

    var unknownLocation: Location { base.unknownLocation }

    func put(_ entry: ReferenceTree.Entry, at path: ReferenceTree.Path) throws { try base.put(entry, at: path) }

    func remove(_ path: ReferenceTree.Path) throws { try base.remove(path) }
}
