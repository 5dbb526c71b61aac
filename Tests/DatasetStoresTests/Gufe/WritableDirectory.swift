import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetStores

/// A directory as a store, written through the store and behind its back.
struct WritableDirectory: Sendable {
    /// What a crash leaves.
    static let leftover = ".datasetfs-00000000deadbeef.part"

    let directory: TemporaryDirectory
    let store: Gufe.FileStore

    init() throws {
        directory = try TemporaryDirectory()
        store = try Gufe.FileStore(directory: directory.path)
    }

    func create(_ name: String, in parent: Location = .root, _ content: ReferenceContent = .text("text"))
        async throws -> Node
    {
        try await onThread { [store] in
            try store.create(
                Creation(.file, named: name, in: parent),
                content: content,
                ledger: TestLedger(),
                until: Cancellation()
            )
        }
    }

    func replace(_ node: Node, with content: ReferenceContent = .text("new")) async throws -> Node {
        try await onThread { [store] in
            try store.replace(
                node.location,
                version: node.version ?? Version(""),
                with: content,
                ledger: TestLedger(),
                until: Cancellation()
            )
        }
    }

    func remove(_ location: Location) async throws {
        try await onThread { [store] in try store.remove(location, version: nil, until: Cancellation()) }
    }

    func plant(_ text: String = "x", at name: String) throws {
        try ReferenceTree.plant(.file(.text(text)), at: directory.file(name))
    }

    func makeOld(_ name: String, bySeconds seconds: Int) {
        let then = timespec(tv_sec: time(nil) - seconds, tv_nsec: 0)
        unsafe #expect(utimensat(AT_FDCWD, directory.file(name), [then, then], 0) == 0)
    }

    func status(_ name: String) throws -> stat {
        var status = stat()
        try #require(unsafe lstat(directory.file(name), &status) == 0, "\(name) is not there")
        return status
    }

    func isThere(_ name: String) -> Bool { unsafe access(directory.file(name), F_OK) == 0 }
}

/// The directory behind a store, looked at without it.
enum FileNames {
    static func all(in directory: String) throws -> [String] {
        let stream = try Gufe.DirectoryStream(takingOwnershipOf: try open(directory))
        var names: [String] = []
        while let entry = try stream.next() { names.append(String(decoding: entry.name, as: UTF8.self)) }
        return names.sorted()
    }

    static func attributes(of name: String, in directory: String) throws -> Access {
        Access(directory: try open(directory), name: Array(name.utf8))
    }

    /// Keeps the directory open for as long as the attributes are used.
    struct Access: ~Copyable {
        let directory: Gufe.Descriptor
        let name: [UInt8]

        func value(_ attribute: String) throws(Gufe.SystemError) -> [UInt8]? {
            try Gufe.ExtendedAttributes(of: name, in: directory).value(attribute)
        }

        func set(_ attribute: String, to value: [UInt8]?) throws(Gufe.SystemError) {
            try Gufe.ExtendedAttributes(of: name, in: directory).set(attribute, to: value)
        }
    }

    private static func open(_ directory: String) throws(Gufe.SystemError) -> Gufe.Descriptor {
        let raw = try Gufe.systemCall { unsafe Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        return Gufe.Descriptor(takingOwnershipOf: raw)
    }
}
