import Glibc

/// What a tree is after what programs did to it: names, contents, and what of them a crash leaves.
struct WritingModel {
    struct File {
        var bytes: [UInt8] = []
        /// As it was closed or synced last; nil before the first time.
        var kept: [UInt8]?
    }

    enum Entry: Equatable {
        case directory
        case file(Int)
        case link(String)
    }

    struct Handle {
        var number: UInt64
        var file: Int
        var path: String
    }

    private(set) var names: [String: Entry] = [:]
    private(set) var files: [Int: File] = [:]
    var handles: [Handle] = []
    private var lastFile = 0

    static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    func isDirectory(_ path: String) -> Bool { path.isEmpty || names[path] == .directory }

    /// Something can be made there: its directory is one.
    func hasPlace(_ path: String) -> Bool { isDirectory(Self.parent(of: path)) }

    func file(_ path: String) -> Int? {
        if case .file(let file) = names[path] { file } else { nil }
    }

    func children(of path: String) -> [String] {
        names.keys.filter { Self.parent(of: $0) == path }.map(Self.name).sorted()
    }

    func isOpen(below path: String) -> Bool {
        handles.contains { $0.path == path || $0.path.hasPrefix(path + "/") }
    }

    /// The file of a name, made when there is none.
    mutating func create(_ path: String) -> Int {
        if let file = file(path) { return file }
        lastFile += 1
        files[lastFile] = File()
        names[path] = .file(lastFile)
        return lastFile
    }

    mutating func change(_ file: Int, _ body: (inout [UInt8]) -> Void) { body(&files[file, default: File()].bytes) }

    mutating func write(_ file: Int, _ new: [UInt8], at offset: Int) {
        change(file) { bytes in
            if bytes.count < offset + new.count {
                bytes += [UInt8](repeating: 0, count: offset + new.count - bytes.count)
            }
            bytes.replaceSubrange(offset..<(offset + new.count), with: new)
        }
    }

    mutating func resize(_ file: Int, to size: Int) {
        change(file) { bytes in
            if bytes.count > size { bytes.removeLast(bytes.count - size) }
            bytes += [UInt8](repeating: 0, count: size - bytes.count)
        }
    }

    mutating func keep(_ file: Int) {
        let bytes = files[file]?.bytes
        files[file]?.kept = bytes
    }

    mutating func makeDirectory(_ path: String) { names[path] = .directory }

    mutating func makeLink(_ path: String, to target: String) { names[path] = .link(target) }

    mutating func remove(_ path: String) { names[path] = nil }

    mutating func rename(_ path: String, to target: String) {
        if let mover = file(path), names[target] != nil, files[mover]?.kept == nil { keep(mover) }
        for (old, entry) in names where old == path || old.hasPrefix(path + "/") {
            names[old] = nil
            names[target + old.dropFirst(path.count)] = entry
        }
        for index in handles.indices where handles[index].path == path { handles[index].path = target }
    }

    /// All handles are gone, and with them what was not kept.
    mutating func crash() {
        handles = []
        for (path, entry) in names {
            guard case .file(let file) = entry else { continue }
            if let kept = files[file]?.kept { files[file]?.bytes = kept } else { names[path] = nil }
        }
    }

    /// What stays on this machine, and what is below it.
    static func isLocal(_ path: String) -> Bool { path.split(separator: "/").contains { $0.hasSuffix("~") } }
}
