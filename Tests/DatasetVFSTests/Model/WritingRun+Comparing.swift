import DatasetModel
import DatasetTestSupport
import Glibc

@testable import DatasetVFS

extension WritingRun {
    /// The tree shows what the model holds, to names and to handles.
    func compare() throws {
        for directory in [""] + model.names.filter({ $0.value == .directory }).map(\.key) {
            let shown = try mount.list(directory).sorted()
            guard shown == model.children(of: directory) else {
                throw Mismatch(description: "“\(directory)” lists \(shown), not \(model.children(of: directory))")
            }
        }
        for (path, entry) in model.names {
            switch entry {
            case .directory: continue
            case .link(let target):
                let inode = try mount.inode(path)
                guard try mount.vfs.linkTarget(of: inode, mount.context()) == target else {
                    throw Mismatch(description: "\(path) leads elsewhere")
                }
            case .file(let file): try compare(path, model.files[file]?.bytes ?? [])
            }
        }
        for handle in model.handles {
            try same(try mount.read(handle.number), model.files[handle.file]?.bytes ?? [], "open \(handle.path)")
        }
    }

    private func compare(_ path: String, _ expected: [UInt8]) throws {
        let size = try mount.entry(path).status.size
        guard size == UInt64(expected.count) else {
            throw Mismatch(description: "\(path) has \(size) bytes, not \(expected.count)")
        }
        let handle = try mount.open(path, O_RDONLY)
        defer { mount.vfs.release(handle) }
        try same(try mount.read(handle), expected, path)
    }

    private func same(_ bytes: [UInt8], _ expected: [UInt8], _ what: String) throws {
        guard let offset = ReferenceContent.bytes(expected).firstMismatch(bytes) ?? (bytes == expected ? nil : 0) else {
            return
        }
        throw Mismatch(description: "\(what): \(bytes.count) of \(expected.count) bytes, wrong from \(offset) on")
    }

    /// Everything is closed and published: the store holds what the model holds, and nothing else.
    mutating func finish() throws {
        for handle in model.handles {
            try mount.close(handle.number)
            model.keep(handle.file)
        }
        model.handles = []
        mount.store.heal()
        try mount.drain()
        try compare()
        let expected = model.names.filter { !WritingModel.isLocal($0.key) }
        // What an upload that was called off has left is taken away behind.
        guard eventually(within: .seconds(5), { (try? mount.atStore().paths) == expected.keys.sorted() }) else {
            throw Mismatch(description: "the store holds \(try mount.atStore()), not \(expected.keys.sorted())")
        }
        let view = try mount.atStore()
        for case (let path, .file(let file)) in expected
        where view.things[path] != [.file(model.files[file]?.bytes ?? [])] {
            throw Mismatch(description: "\(path) is another one at the store")
        }
    }
}
