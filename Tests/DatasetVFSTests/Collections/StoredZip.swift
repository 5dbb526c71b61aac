import DatasetArchive

/// A zip file of stored members, as the platform's client would upload one.
struct StoredZip {
    private(set) var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt16 = 0

    init(_ members: [(name: String, content: [UInt8])], mode: UInt32 = 0o100644) {
        for member in members { add(member.name, member.content, mode: mode) }
        end()
    }

    init(_ members: [String: String]) {
        self.init(members.sorted { $0.key < $1.key }.map { ($0.key, Array($0.value.utf8)) })
    }

    /// One symbolic link and nothing else.
    init(link name: String, to target: String) {
        add(name, Array(target.utf8), mode: 0o120777)
        end()
    }

    private mutating func add(_ name: String, _ content: [UInt8], mode: UInt32) {
        let crc = unsafe content.withUnsafeBytes { unsafe crc32($0) }
        let offset = UInt32(bytes.count)
        var facts: [UInt8] = []
        facts.append(20, bytes: 2)
        facts.append(1 << 11, bytes: 2)
        facts.append(0, bytes: 2)
        // 2020-02-04, 06:08:10.
        facts.append(0x3105, bytes: 2)
        facts.append(0x5044, bytes: 2)
        facts.append(UInt64(crc), bytes: 4)
        facts.append(UInt64(content.count), bytes: 4)
        facts.append(UInt64(content.count), bytes: 4)
        facts.append(UInt64(name.utf8.count), bytes: 2)
        facts.append(0, bytes: 2)
        bytes += [0x50, 0x4b, 3, 4] + facts + Array(name.utf8) + content
        directory += [0x50, 0x4b, 1, 2, 20, 3] + facts
        directory.append(0, bytes: 6)
        directory.append(UInt64(mode) << 16, bytes: 4)
        directory.append(UInt64(offset), bytes: 4)
        directory += Array(name.utf8)
        count += 1
    }

    private mutating func end() {
        let start = bytes.count
        bytes += directory + [0x50, 0x4b, 5, 6, 0, 0, 0, 0]
        bytes.append(UInt64(count), bytes: 2)
        bytes.append(UInt64(count), bytes: 2)
        bytes.append(UInt64(directory.count), bytes: 4)
        bytes.append(UInt64(start), bytes: 4)
        bytes.append(0, bytes: 2)
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ value: UInt64, bytes count: Int) {
        for index in 0..<count { append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))) }
    }
}
