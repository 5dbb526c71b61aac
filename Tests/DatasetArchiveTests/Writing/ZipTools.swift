import DatasetTestSupport
import Testing

/// Programs of other people that read archives.
enum ZipTools {
    /// Reads every member with Python's zipfile, which checks each CRC, and prints what it found.
    private static let listing = """
        import struct, sys, zipfile, zlib
        archive = zipfile.ZipFile(sys.argv[1])
        for info in archive.infolist():
            time, extra = None, info.extra
            while len(extra) >= 4:
                kind, length = struct.unpack("<HH", extra[:4])
                if kind == 0x5455: time = struct.unpack("<i", extra[5:9])[0]
                extra = extra[4 + length:]
            data = archive.read(info)
            assert not info.flag_bits & 8, "data descriptor"
            print(info.filename, oct(info.external_attr >> 16)[2:], time, len(data), zlib.crc32(data), sep="\\t")
        """

    /// One line for each member.
    static func python(_ path: String) async throws -> [String] {
        let result = try await runProgram(
            "python3",
            ["-c", listing, path],
            environment: ["PYTHONIOENCODING": "utf-8"],
            within: .seconds(120)
        )
        try #require(result.isSuccess, "\(result)")
        return result.output.split(separator: "\n").map(String.init)
    }

    /// `unzip -t` finds nothing wrong.
    static func unzipTest(_ path: String) async throws {
        let result = try await runProgram("unzip", ["-tq", path], within: .seconds(120))
        #expect(result.isSuccess, "\(result)")
    }

    /// Unpacks with bsdtar.
    static func unpack(_ path: String, into directory: String) async throws {
        let result = try await runProgram(
            "bsdtar",
            ["-x", "-p", "-f", path, "-C", directory],
            environment: ["LC_ALL": "C.UTF-8"],
            within: .seconds(120)
        )
        try #require(result.isSuccess, "\(result)")
    }
}
