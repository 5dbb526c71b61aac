import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Foundation
import Glibc

@testable import DatasetVFS

/// What the file system showed that it should not have.
struct Mismatch: Error, CustomStringConvertible {
    let description: String
}

/// Carries out operations on a file system and on its model, and compares the two after each.
struct WritingRun {
    let mount: Mounted
    let durability: Durability
    var model = WritingModel()

    /// Faults of the store as well, unless `DATASETFS_MODEL_FAULTS=0`.
    private static let hasFaults = ProcessInfo.processInfo.environment["DATASETFS_MODEL_FAULTS"] != "0"

    static func bytes(_ count: Int, _ seed: UInt64) -> [UInt8] {
        ReferenceContent.pattern(seed: seed, size: UInt64(count)).allBytes
    }

    /// - Returns: The step that failed and why; nil when all went as it should.
    static func failure(of operations: [WritingOperation], on base: any Store, _ durability: Durability) throws
        -> (step: Int, reason: String)?
    {
        let writing = Mounted.Writing(durability: durability, inlineLimit: 2000)
        let mount = try Mounted(base, writing: writing)
        defer { mount.shutDown() }
        return withExtendedLifetime(mount) {
            // Time goes by: what waits for its time gets it.
            let clock = Behind {
                while !mount.isOver {
                    mount.time.advance(by: .milliseconds(200))
                    usleep(1000)
                }
            }
            defer {
                mount.end()
                _ = clock.value()
            }
            var run = WritingRun(mount: mount, durability: durability)
            for (step, operation) in operations.enumerated() {
                do {
                    try run.apply(operation)
                    try run.compare()
                } catch {
                    return (step, "\(error)")
                }
            }
            do {
                try run.finish()
            } catch {
                return (operations.count, "at the end: \(error)")
            }
            return nil
        }
    }

    // MARK: - Operations

    mutating func apply(_ operation: WritingOperation) throws {
        switch operation {
        case .put(let path, let count, let seed):
            guard model.hasPlace(path), canBeFile(path) else { return }
            let bytes = Self.bytes(count, seed)
            try mount.put(path, bytes)
            let file = model.create(path)
            model.change(file) { $0 = bytes }
            model.keep(file)
        case .open(let path, let truncates):
            guard model.hasPlace(path), canBeFile(path), model.handles.count < 4 else { return }
            let number = try mount.open(path, O_RDWR | O_CREAT | (truncates ? O_TRUNC : 0))
            let file = model.create(path)
            if truncates { model.change(file) { $0 = [] } }
            model.handles.append(WritingModel.Handle(number: number, file: file, path: path))
        case .write(let index, let offset, let count, let seed):
            guard index < model.handles.count else { return }
            let bytes = Self.bytes(count, seed)
            guard !bytes.isEmpty else { return }
            try mount.write(model.handles[index].number, bytes, at: UInt64(offset))
            model.write(model.handles[index].file, bytes, at: offset)
        case .append(let index, let count, let seed):
            guard index < model.handles.count, count > 0 else { return }
            let (bytes, file) = (Self.bytes(count, seed), model.handles[index].file)
            try mount.write(model.handles[index].number, bytes, appends: true)
            model.write(file, bytes, at: model.files[file]?.bytes.count ?? 0)
        case .truncate(let path, let size):
            guard let file = model.file(path) else { return }
            try mount.change(path) { $0.size = UInt64(size) }
            model.resize(file, to: size)
            model.keep(file)
        case .close(let index):
            guard index < model.handles.count else { return }
            let handle = model.handles.remove(at: index)
            try mount.close(handle.number)
            model.keep(handle.file)
        case .synchronize(let index):
            guard index < model.handles.count else { return }
            do throws(VFSError) {
                try mount.fsync(model.handles[index].number)
            } catch {
                // The store had a fault: the bytes are kept and come to it behind.
                guard durability == .back, error.cause?.code.isConnectivity == true else { throw error }
            }
            model.keep(model.handles[index].file)
        case .rename(let path, let target): try rename(path, target)
        case .unlink(let path):
            guard model.names[path] != nil, !model.isDirectory(path) else { return }
            try mount.unlink(path)
            model.remove(path)
        case .makeDirectory(let path):
            guard model.hasPlace(path) else { return }
            let expected = model.names[path] == nil ? 0 : EEXIST
            try expect(expected, "mkdir") { () throws(VFSError) in try mount.mkdir(path) }
            if expected == 0 { model.makeDirectory(path) }
        case .removeDirectory(let path):
            guard model.names[path] == .directory else { return }
            let expected = model.children(of: path).isEmpty ? 0 : ENOTEMPTY
            try expect(expected, "rmdir") { () throws(VFSError) in try mount.rmdir(path) }
            if expected == 0 { model.remove(path) }
        case .link(let path):
            guard model.hasPlace(path), model.names[path] == nil else { return }
            try mount.symlink("https://example.org/\(path)", path)
            model.makeLink(path, to: "https://example.org/\(path)")
        case .remount(let fresh):
            closeAll()
            try mount.remount(deletingCache: fresh)
        case .crash(let fresh):
            try mount.crash(deletingCache: fresh)
            model.crash()
        case .drain:
            try mount.drain()
            // What is open and written is kept and published as it is.
            for handle in model.handles { model.keep(handle.file) }
        case .fault(let call, let fault):
            guard durability == .back, Self.hasFaults else { return }
            mount.store.script(call, fault)
        case .elsewhere(let path, let count, let seed): try changeElsewhere(path, count, seed)
        }
    }

    /// There is nothing of that name, or a file.
    private func canBeFile(_ path: String) -> Bool { model.names[path] == nil || model.file(path) != nil }

    private func expect(_ number: Int32, _ call: String, _ body: () throws(VFSError) -> Void) throws {
        do throws(VFSError) {
            try body()
        } catch {
            guard error.errno == number else { throw Mismatch(description: "\(call): \(error), not \(number)") }
            return
        }
        if number != 0 { throw Mismatch(description: "\(call) succeeded, not \(number)") }
    }

    private mutating func rename(_ path: String, _ target: String) throws {
        guard let entry = model.names[path], path != target, !target.hasPrefix(path + "/"), model.hasPlace(target)
        else { return }
        let isDirectory = entry == .directory
        // Whether a crash leaves what was not closed of what is copied to be renamed depends on the store.
        if let file = model.file(path), let kept = model.files[file]?.kept, kept != model.files[file]?.bytes { return }
        guard !isDirectory || !model.isOpen(below: path) else { return }
        var expected: Int32 = 0
        if let obstacle = model.names[target] {
            if isDirectory, obstacle != .directory { expected = ENOTDIR }
            if !isDirectory, obstacle == .directory { expected = EISDIR }
            if isDirectory, obstacle == .directory, !model.children(of: target).isEmpty { expected = ENOTEMPTY }
        }
        do throws(VFSError) {
            try mount.rename(path, target)
        } catch {
            // mv(1) copies a directory itself where the store cannot; what was empty in its way may be gone by then.
            if isDirectory, error.errno == EXDEV {
                if try mount.lookup(target) == nil { model.remove(target) }
                return
            }
            guard error.errno == expected else { throw error }
            return
        }
        guard expected == 0 else { throw Mismatch(description: "rename succeeded, not \(expected)") }
        model.rename(path, to: target)
    }

    private mutating func closeAll() {
        for handle in model.handles {
            _ = try? mount.close(handle.number)
            model.keep(handle.file)
        }
        model.handles = []
    }

    /// When nothing is under way: what happens to both at once is another test's matter.
    private mutating func changeElsewhere(_ path: String, _ count: Int?, _ seed: UInt64) throws {
        guard model.handles.isEmpty, model.hasPlace(path), canBeFile(path), !WritingModel.isLocal(path) else { return }
        try mount.drain()
        let bytes = count.map { Self.bytes($0, seed) }
        guard bytes != nil || model.names[path] != nil else { return }
        if let store = mount.base as? Gufe.MemoryStore {
            if let bytes { try store.storeBytes(bytes, at: Location(path)) } else { try store.delete(Location(path)) }
        } else if let store = mount.base as? TreeStore {
            var parent = ""
            for name in WritingModel.parent(of: path).split(separator: "/") {
                parent = store.id(of: String(name), in: parent) ?? ""
            }
            let id = store.id(of: WritingModel.name(of: path), in: parent)
            switch (id, bytes) {
            case (let id?, let bytes?): store.write(id, .bytes(bytes))
            case (let id?, nil): store.remove(id)
            case (nil, let bytes?): store.add(WritingModel.name(of: path), .bytes(bytes), in: parent)
            case (nil, nil): break
            }
        }
        try mount.set("user.datasetfs.refresh", of: WritingModel.parent(of: path))
        guard let bytes else { return model.remove(path) }
        let file = model.create(path)
        model.change(file) { $0 = bytes }
        model.keep(file)
    }
}
