import DatasetModel
import DatasetTestSupport

@testable import DatasetArchive

/// Trees at random, with all that archives trip over.
enum WriterTrees {
    private static let sizes = [
        0, 1, 2, 30, 1_000, 65_535, 65_536, 70_000, 300_000, 1 << 20, (1 << 20) + 1, (2 << 20) - 1, 2 << 20, 3_500_000,
    ]

    /// Members in no order; every directory is a member of its own.
    static func random(_ generator: inout SeededGenerator, count: Int, largest: Int = 4 << 20) -> [NewMember] {
        var members: [NewMember] = []
        var directories = [""]
        for index in 0..<count {
            let parent = directories[Int(generator.next() % UInt64(directories.count))]
            let name = [
                "file", "naïve 名前", "with space", "x.json", "-dash", "UPPER", "a'b\"c", "star*", "back\\slash",
            ][index % 9]
            let path = (parent.isEmpty ? "" : parent + "/") + "\(name) \(index)"
            let choice = generator.next() % 10
            if choice == 0 {
                directories.append(path)
                members.append(member(path, .directory, [0o755, 0o700, 0o2775], &generator))
            } else if choice == 1 {
                let target = ["../x", "file 1", "/absolute/ziel", "ü"][index % 4]
                members.append(member(path, .symbolicLink(target: target), [0o777], &generator))
            } else {
                let content = content(
                    size: sizes.filter { $0 <= largest }.randomElement(using: &generator) ?? 0,
                    &generator
                )
                members.append(member(path, .file(PlainContent(content)), [0o644, 0o600, 0o4755, 0o444], &generator))
            }
        }
        members.shuffle(using: &generator)
        return members
    }

    private static func member(
        _ path: String,
        _ content: NewMember.Content,
        _ permissions: [UInt16],
        _ generator: inout SeededGenerator
    ) -> NewMember {
        let seconds = Int64(generator.next() % 2_000_000_000)
        return NewMember(
            path,
            content,
            permissions: permissions.randomElement(using: &generator) ?? 0,
            modified: Timestamp(nanoseconds: seconds * 1_000_000_000 + Int64(generator.next() % 1_000_000_000))
        )
    }

    /// Text, noise, runs, or parts of each.
    static func content(size: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        let kind = generator.next() % 4
        while bytes.count < size {
            let part = min(size - bytes.count, 1 + Int(generator.next() % 100_000))
            switch kind == 3 ? generator.next() % 3 : kind {
            case 0: bytes += noise(part, &generator)
            case 1: bytes += [UInt8](repeating: UInt8(truncatingIfNeeded: generator.next()), count: part)
            default: bytes += text(part, &generator)
            }
        }
        return bytes
    }

    /// A part of one long row of noise: making it anew each time is what would take long.
    static func noise(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        part(of: longNoise, count, &generator)
    }

    private static func text(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        part(of: longText, count, &generator)
    }

    private static func part(of whole: [UInt8], _ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        let start = Int(generator.next() % UInt64(whole.count - count + 1))
        return Array(whole[start..<(start + count)])
    }

    private static let longNoise: [UInt8] = {
        var generator = SeededGenerator(seed: 1)
        let words = (0..<(9 << 17)).map { _ in generator.next() }
        return unsafe words.withUnsafeBytes { unsafe Array($0) }
    }()

    private static let longText: [UInt8] = {
        var generator = SeededGenerator(seed: 2)
        let words = ["temperature", "0.00123", ",", "\n", "sample", "42", "  ", "pressure", "{\"id\": ", "}"]
        return (0..<50_000).flatMap { _ in Array(words[Int(generator.next() % UInt64(words.count))].utf8) }
    }()
}

extension NewMember {
    /// The bytes that a reader must find.
    var expectedBytes: [UInt8] {
        switch content {
        case .file(let content as PlainContent): content.bytes
        case .symbolicLink(let target): Array(target.utf8)
        default: []
        }
    }

    /// Name, mode, time, length and checksum as `list.py` prints them.
    var listing: String {
        let name = String(decoding: storedName, as: UTF8.self)
        let bytes = expectedBytes
        let mode = String(externalAttributes >> 16, radix: 8)
        return "\(name)\t\(mode)\t\(modified.seconds)\t\(bytes.count)\t\(crc32(bytes))"
    }
}
