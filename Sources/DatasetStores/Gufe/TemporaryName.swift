internal import Glibc

extension Gufe {
    /// What a file is called while it is being written; no listing shows such a name and no location leads to it.
    enum TemporaryName {
        private static let prefix = Array(".datasetfs-".utf8)
        private static let suffix = Array(".part".utf8)

        static func some() -> [UInt8] {
            let number = String(UInt64.random(in: .min ... .max), radix: 16)
            return prefix + Array((String(repeating: "0", count: 16 - number.utf8.count) + number).utf8) + suffix
        }

        static func matches(_ name: [UInt8]) -> Bool {
            guard name.count == prefix.count + 16 + suffix.count, name.starts(with: prefix) else { return false }
            let digits = name.dropFirst(prefix.count).prefix(16)
            return name.suffix(suffix.count).elementsEqual(suffix)
                && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        }
    }
}
