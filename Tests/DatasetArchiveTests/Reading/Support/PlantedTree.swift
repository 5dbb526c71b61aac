import DatasetTestSupport
import Foundation

/// A random tree of files, directories and links on disk, and what is in it.
struct PlantedTree {
    private(set) var files: [String: [UInt8]] = [:]
    private(set) var links: [String: String] = [:]
    private(set) var directories: Set<String> = []
    private(set) var modes: [String: UInt16] = [:]
    /// Whole seconds since 1970.
    private(set) var times: [String: Int64] = [:]

    init(in root: String, _ generator: inout SeededGenerator) throws {
        let names = [
            "plain", "with space", "ünï", "日本語", "a'b\"c", "UPPER", "upper", "-dash", "dot.name.txt", "~t", "100%",
        ]
        var places = [""]
        for number in 0..<60 {
            let parent = places[Int.random(in: 0..<places.count, using: &generator)]
            let path = parent + names[Int.random(in: 0..<names.count, using: &generator)] + "-\(number)"
            switch Int.random(in: 0..<10, using: &generator) {
            case 0, 1:
                directories.insert(path)
                places.append(path + "/")
            case 2: links[path] = "dot.name.txt"
            default: files[path] = Self.content(&generator)
            }
        }
        try plant(in: root, &generator)
    }

    /// Something lies in the directory, at whatever depth.
    func isFilled(_ directory: String) -> Bool {
        (Array(files.keys) + links.keys).contains { $0.hasPrefix(directory + "/") }
    }

    private static func content(_ generator: inout SeededGenerator) -> [UInt8] {
        let count = [0, 1, 500, 40_000, 400_000][Int.random(in: 0..<5, using: &generator)]
        if Bool.random(using: &generator) { return generator.bytes(count) }
        return MemberReaderTests.text(count, seed: generator.next())
    }

    private mutating func plant(in root: String, _ generator: inout SeededGenerator) throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: root, withIntermediateDirectories: true)
        for directory in directories.sorted() {
            try manager.createDirectory(atPath: "\(root)/\(directory)", withIntermediateDirectories: true)
        }
        for (path, content) in files.sorted(by: { $0.key < $1.key }) {
            let mode: UInt16 = [0o644, 0o755, 0o600, 0o444][Int.random(in: 0..<4, using: &generator)]
            let time = Int64.random(in: 400_000_000...1_900_000_000, using: &generator) / 2 * 2
            let attributes: [FileAttributeKey: Any] = [
                .posixPermissions: NSNumber(value: mode),
                .modificationDate: Date(timeIntervalSince1970: TimeInterval(time)),
            ]
            _ = manager.createFile(atPath: "\(root)/\(path)", contents: Data(content))
            try manager.setAttributes(attributes, ofItemAtPath: "\(root)/\(path)")
            modes[path] = mode
            times[path] = time
        }
        for (path, target) in links {
            try manager.createSymbolicLink(atPath: "\(root)/\(path)", withDestinationPath: target)
        }
    }
}
