import DatasetModel
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetStores

/// A directory that other programs write as well.
final class FileStoreFixture: StoreFixture {
    static let traits = FixtureTraits(linkTarget: "../some/where else", pageSize: 7)

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
    static let traits = FixtureTraits(holdsEmptyDirectories: false, pageSize: 7)

    private let memory = Gufe.MemoryStore(pageSize: traits.pageSize)
    var store: any Store { memory }

    init(holding tree: ReferenceTree) throws {
        for path in tree.paths {
            if let entry = tree[path], entry != .directory { try put(entry, at: path) }
        }
    }

    var unknownLocation: Location { Location("first/no such thing") }

    func put(_ entry: ReferenceTree.Entry, at path: ReferenceTree.Path) throws {
        guard case .file(let content) = entry else {
            throw StoreError(.unsupported, "memory holds files alone, and “\(path)” is none")
        }
        try memory.storeBytes(content.allBytes, at: location(of: path))
    }

    func remove(_ path: ReferenceTree.Path) throws {
        try memory.delete(location(of: path))
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
