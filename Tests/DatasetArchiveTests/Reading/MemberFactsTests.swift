import DatasetModel
import DatasetTestSupport
import Testing

@testable import DatasetArchive

@Suite("What the directory tells of a member")
struct MemberFactsTests {
    private func member(_ change: (inout ZipBuilder.Entry) -> Void) throws -> ArchiveMember {
        var entry = ZipBuilder.Entry("m")
        change(&entry)
        return try ArchiveDirectory(ZipBuilder([entry]).bytes).members[0]
    }

    @Test("Names are UTF-8 by flag or by a Unix maker, else the character set of MS-DOS")
    func names() throws {
        let flagged = try member {
            $0.name = Array("é".utf8)
            $0.flags = .utf8
            $0.madeBy = 20
        }
        let unix = try member { $0.name = Array("é".utf8) }
        let dos = try member {
            $0.name = [0x82, 0xe1, 0x2e, 0x9b]
            $0.madeBy = 20
        }
        let latin = try member { $0.name = [0x82] }

        #expect([flagged.name, unix.name, dos.name, latin.name] == ["é", "é", "éß.¢", "é"])
    }

    @Test("The character set of MS-DOS is whole")
    func codePage() {
        let text = CodePage437.decode([UInt8](0...255)[...])

        #expect(text.unicodeScalars.count == 256)
        #expect(Array(text.unicodeScalars)[0x80] == "Ç" && Array(text.unicodeScalars)[0xff] == "\u{a0}")
        #expect(Array(text.unicodeScalars)[0xe1] == "ß" && Array(text.unicodeScalars)[0xb0] == "░")
    }

    @Test("Info-ZIP's Unicode name counts while its checksum is that of the stored name")
    func unicodePath() throws {
        func extra(_ crc: UInt32) -> [UInt8] {
            var data: [UInt8] = [1]
            data.appendLittleEndian(crc)
            data += "naïve".utf8
            var bytes: [UInt8] = []
            ExtraFields.append(.unicodePath, data, to: &bytes)
            return bytes
        }
        let stored = Array("na_ve".utf8)

        let right = try member {
            $0.name = stored
            $0.centralExtra = extra(crc32(stored))
        }
        let stale = try member {
            $0.name = stored
            $0.centralExtra = extra(1)
        }

        #expect(right.name == "naïve" && stale.name == "na_ve")
    }

    @Test("Times come from the finest field there is")
    func times() throws {
        var unixExtra: [UInt8] = []
        ExtraFields.appendExtendedTimestamp(modified: -5, to: &unixExtra)
        var ntfs: [UInt8] = [0, 0, 0, 0, 1, 0, 24, 0]
        ntfs.appendLittleEndian(Int64(116_444_736_000_000_000 + 15))
        ntfs += [UInt8](repeating: 0, count: 16)
        var ntfsExtra: [UInt8] = []
        ExtraFields.append(.ntfsTimes, ntfs, to: &ntfsExtra)

        #expect(try member { $0.centralExtra = unixExtra }.modified == Timestamp(seconds: -5))
        #expect(try member { $0.centralExtra = ntfsExtra }.modified == Timestamp(nanoseconds: 1_500))
        #expect(try member { $0.modified = DOSTime(date: 0, time: 0) }.modified == nil)
        #expect(try member { $0.modified = DOSTime(date: 33, time: 0) }.modified == Timestamp(seconds: 315_532_800))
    }

    @Test("A DOS time is the even second at or before a moment, between 1980 and 2107")
    func dosTime() {
        withSeed { generator in
            for _ in 0..<2_000 {
                let seconds = Int64.random(in: 315_532_800...4_354_819_199, using: &generator)
                let time = DOSTime(Timestamp(seconds: seconds)).timestamp
                #expect(time == Timestamp(seconds: seconds - seconds % 2))
            }
        }
        #expect(DOSTime(Timestamp(seconds: 0)).timestamp == Timestamp(seconds: 315_532_800))
        #expect(DOSTime(Timestamp(seconds: 9_000_000_000)).timestamp == Timestamp(seconds: 4_354_819_198))
        // 2024-02-29T23:59:58Z
        #expect(DOSTime(Timestamp(seconds: 1_709_251_198)) == DOSTime(date: 0x585d, time: 0xbf7d))
    }

    @Test("Modes are Unix's where there are any")
    func modes() throws {
        let program = try member { $0.externalAttributes = 0o104755 << 16 }
        let none = try member { $0.externalAttributes = 0x20 }
        let link = try member { $0.externalAttributes = 0o120777 << 16 }

        #expect(program.permissions == 0o4755 && program.kind == .file)
        #expect(none.permissions == nil && none.kind == .file)
        #expect(link.kind == .symbolicLink)
    }

    @Test("64-bit values replace those that hold all ones, in order")
    func zip64Values() throws {
        var data: [UInt8] = []
        data.appendLittleEndian(UInt64(7))
        data.appendLittleEndian(UInt64(0))
        var extra: [UInt8] = []
        ExtraFields.append(.zip64, data, to: &extra)

        let member = try member {
            $0.content = Array("seven b".utf8)
            $0.size = .max
            $0.headerOffset = .max
            $0.centralExtra = extra
        }

        #expect(member.size == 7 && member.headerOffset == 0 && member.defect == nil)
    }

    @Test("A member is itself after it was written for a database and read again")
    func encoding() throws {
        withSeed { generator in
            for _ in 0..<200 {
                let member = ArchiveMember(
                    name: String(repeating: "ñ", count: Int.random(in: 0...300, using: &generator)),
                    kind: [.file, .directory, .symbolicLink, .other][Int.random(in: 0...3, using: &generator)],
                    method: CompressionMethod(rawValue: .random(in: 0...99, using: &generator)),
                    flags: GeneralFlags(rawValue: .random(in: 0...(.max), using: &generator)),
                    size: generator.next(),
                    compressedSize: generator.next(),
                    crc32: .random(in: 0...(.max), using: &generator),
                    headerOffset: generator.next(),
                    nameLength: .random(in: 0...(.max), using: &generator),
                    dataLimit: generator.next(),
                    permissions: Bool.random(using: &generator) ? nil : .random(in: 0...0o7777, using: &generator),
                    modified: Bool.random(using: &generator)
                        ? nil : Timestamp(nanoseconds: Int64(generator.next() >> 1)),
                    defect: ArchiveDefect.allCases.randomElement(using: &generator)
                )
                #expect(ArchiveMember(encoded: member.encoded) == member)
            }
        }
        #expect(ArchiveMember(encoded: []) == nil)
        #expect(ArchiveMember(encoded: [UInt8](repeating: 9, count: 100)) == nil)
    }

    @Test("Records are themselves after they were written and read")
    func records() {
        withSeed { generator in
            for _ in 0..<100 {
                let local = generator.bytes(LocalFileHeader.fixedLength - 4)
                let central = generator.bytes(CentralFileHeader.fixedLength - 4)
                let end = generator.bytes(EndRecord.fixedLength - 4)
                let locator = generator.bytes(Zip64Locator.fixedLength - 4)
                roundTrip(signature: LocalFileHeader.signature, local) { LocalFileHeader($0)?.append(to: &$1) }
                roundTrip(signature: CentralFileHeader.signature, central) { CentralFileHeader($0)?.append(to: &$1) }
                roundTrip(signature: EndRecord.signature, end) { EndRecord($0)?.append(to: &$1) }
                roundTrip(signature: Zip64Locator.signature, locator) { Zip64Locator($0)?.append(to: &$1) }
                var wide: [UInt8] = []
                wide.appendLittleEndian(UInt64(44))
                wide += generator.bytes(44)
                roundTrip(signature: Zip64EndRecord.signature, wide) { Zip64EndRecord($0)?.append(to: &$1) }
            }
        }
    }

    private func roundTrip(signature: UInt32, _ rest: [UInt8], _ copy: ([UInt8], inout [UInt8]) -> Void) {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(signature)
        bytes += rest
        var written: [UInt8] = []
        copy(bytes, &written)
        #expect(written == bytes)
    }
}
