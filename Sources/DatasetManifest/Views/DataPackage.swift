internal import DatasetModel

/// `datapackage.json`: the package and one resource for each file.
enum DataPackage {
    static func write<Failure: Error>(
        _ facts: DirectoryFacts,
        _ tree: FactsTree,
        to sink: @escaping ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        var writer = JSONWriter(to: sink)
        try writer.begin()
        try writer.member("profile", "data-package")
        try writer.member("name", ResourceNames.slug(facts.name))
        try writer.member("id", facts.id)
        try writer.member("title", facts.name)
        try writer.member("description", facts.description ?? facts.sentence(of: tree))
        try writer.member("homepage", PublicURL.checked(facts.pageURL))
        try writeLicense(facts.statedLicense, to: &writer)
        if let owner = facts.owner, !owner.isEmpty {
            try writer.name("contributors")
            try writer.beginList()
            try writer.begin()
            try writer.member("title", owner)
            writer.end()
            writer.endList()
        }
        try writer.member("keywords", facts.tags)
        try writer.member("created", facts.created?.rfc3339)
        try writer.name("resources")
        try writer.beginList()
        var names = ResourceNames()
        for item in tree.items where item.facts.kind == .file {
            guard let path = safePath(item.path) else { continue }
            try write(item, path: path, name: names.next(for: item.path), to: &writer)
        }
        writer.endList()
        writer.end()
        try writer.finish()
    }

    private static func write<Failure: Error>(
        _ item: FactsTree.Item,
        path: String,
        name: String,
        to writer: inout JSONWriter<Failure>
    ) throws(Failure) {
        try writer.begin()
        try writer.member("name", name)
        try writer.member("path", path)
        try writer.member("title", item.facts.path.last)
        try writer.member("description", item.facts.description)
        try writer.member("mediatype", MediaTypes.type(of: item.facts))
        if let size = item.facts.size {
            try writer.name("bytes")
            try writer.value(size)
        }
        if let digest = Digests.checkedSHA256(item.facts.digests.sha256) {
            try writer.member("hash", "sha256:" + digest)
        } else {
            try writer.member("hash", Digests.checkedMD5(item.facts.digests.md5))
        }
        writer.end()
    }

    /// An identifier or a URL. A sentence is neither, and the standard has no place for it.
    private static func writeLicense<Failure: Error>(
        _ license: String?,
        to writer: inout JSONWriter<Failure>
    ) throws(Failure) {
        guard let license else { return }
        let url = PublicURL.checked(license)
        guard url != nil || license.utf8.allSatisfy({ ResourceNames.isPlain($0) || (0x41...0x5A).contains($0) }) else {
            return
        }
        try writer.name("licenses")
        try writer.beginList()
        try writer.begin()
        try writer.member(url == nil ? "name" : "path", license)
        writer.end()
        writer.endList()
    }

    /// The path in a form that readers take for one of a file beside the package.
    ///
    /// They refuse a whole package over one path that looks like a home directory or a URL; `./` before it says that it is
    /// none. Nothing helps where a directory's name ends in two dots, or where a name holds what a reader could expand as a
    /// variable: nil, and the package does without.
    private static func safePath(_ path: String) -> String? {
        guard !path.contains("../"), !holdsVariable(path) else { return nil }
        let isMistaken =
            switch path.utf8.first {
            case UInt8(ascii: "~"), UInt8(ascii: "$"), UInt8(ascii: "%"): true
            default: path.utf8.prefix { $0 != UInt8(ascii: "/") }.contains(UInt8(ascii: ":"))
            }
        return isMistaken ? "./" + path : path
    }
    /// `$NAME` or `${NAME}`.
    private static func holdsVariable(_ path: String) -> Bool {
        var followsDollar = false
        for byte in path.utf8 {
            if followsDollar, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "_") || isAlphanumeric(byte) {
                return true
            }
            followsDollar = byte == UInt8(ascii: "$")
        }
        return false
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
