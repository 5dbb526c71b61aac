/// One line of /proc/self/mountinfo (proc(5)).
package struct MountRecord: Sendable, Equatable {
    /// Of the file system: what /sys/class/bdi names it by.
    package var device: String
    /// Where it is mounted, an absolute path.
    package var path: String
    package var type: String
    package var source: String
    package var options: String

    package init(device: String, path: String, type: String, source: String, options: String) {
        self.device = device
        self.path = path
        self.type = type
        self.source = source
        self.options = options
    }

    package var isOurs: Bool { type == "fuse.\(MountOptions.subtype)" }

    /// Nil for a line that is none.
    init?(line: Substring) {
        let fields = line.split(separator: " ", omittingEmptySubsequences: false)
        // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw: optional fields end at the dash.
        guard fields.count >= 10, let dash = fields[6...].firstIndex(of: "-"), fields.count >= dash + 3 else {
            return nil
        }
        device = String(fields[2])
        path = Self.unescaped(fields[4])
        options = String(fields[5])
        type = Self.unescaped(fields[dash + 1])
        source = Self.unescaped(fields[dash + 2])
    }

    /// The kernel writes space, tab, newline and backslash as three octal digits.
    static func unescaped(_ field: Substring) -> String {
        guard field.utf8.contains(UInt8(ascii: "\\")) else { return String(field) }
        let bytes = Array(field.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let digits = bytes[index...].dropFirst().prefix(3)
            if bytes[index] == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) })
            {
                result.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 * 8 + Int($1 - 0x30) }))
                index += 4
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
