internal import DatasetModel

/// `croissant.json`: the dataset and one file object for each file.
enum Croissant {
    static func write<Failure: Error>(
        _ facts: DirectoryFacts,
        _ tree: FactsTree,
        to sink: @escaping ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        var writer = JSONWriter(to: sink)
        try writer.begin()
        try writeContext(to: &writer)
        try writer.member("@type", "sc:Dataset")
        try writer.member("conformsTo", "http://mlcommons.org/croissant/1.0")
        try writer.member("name", facts.name)
        try writer.member("description", facts.description ?? facts.sentence(of: tree))
        try writer.member("license", facts.statedLicense)
        try writer.member("url", PublicURL.checked(facts.pageURL))
        try writer.member("identifier", facts.id)
        if let owner = facts.owner, !owner.isEmpty {
            try writer.name("creator")
            try writer.begin()
            try writer.member("@type", "sc:Person")
            try writer.member("name", owner)
            writer.end()
        }
        try writer.member("keywords", facts.tags)
        try writer.member("dateCreated", facts.created?.rfc3339)
        try writer.member("dateModified", facts.modified?.rfc3339)
        try writer.member("datePublished", facts.latest(in: tree)?.rfc3339)
        let files = tree.items.lazy.filter { $0.facts.kind == .file }
        // The specification asks for a digest of every file, but for datasets whose files may change.
        if files.contains(where: { digest(of: $0.facts) == nil }) {
            try writer.name("isLiveDataset")
            try writer.value(true)
        }
        try writer.name("distribution")
        try writer.beginList()
        for file in files { try write(file, to: &writer) }
        writer.endList()
        writer.end()
        try writer.finish()
    }

    private static func write<Failure: Error>(
        _ file: FactsTree.Item,
        to writer: inout JSONWriter<Failure>
    ) throws(Failure) {
        try writer.begin()
        try writer.member("@type", "cr:FileObject")
        try writer.member("@id", PublicURL.reference(to: file.path))
        try writer.member("name", file.facts.path.last)
        try writer.member("description", file.facts.description)
        // A path as it is on disk: readers open it so, and do not unescape it.
        try writer.member("contentUrl", file.path)
        try writer.member("contentSize", file.facts.size.map { "\($0) B" })
        try writer.member("encodingFormat", MediaTypes.type(of: file.facts))
        if let digest = digest(of: file.facts) { try writer.member(digest.name, digest.value) }
        writer.end()
    }

    private static func digest(of facts: EntryFacts) -> (name: String, value: String)? {
        if let digest = Digests.checkedSHA256(facts.digests.sha256) { return ("sha256", digest) }
        return Digests.checkedMD5(facts.digests.md5).map { ("md5", $0) }
    }

    /// The context as the specification gives it; readers warn where a term of it is missing.
    private static func writeContext<Failure: Error>(to writer: inout JSONWriter<Failure>) throws(Failure) {
        try writer.name("@context")
        try writer.begin()
        try writer.member("@language", "en")
        try writer.member("@vocab", "https://schema.org/")
        try writer.member("citeAs", "cr:citeAs")
        try writer.member("column", "cr:column")
        try writer.member("conformsTo", "dct:conformsTo")
        try writer.member("cr", "http://mlcommons.org/croissant/")
        try writer.member("rai", "http://mlcommons.org/croissant/RAI/")
        try writeTyped("data", "@json", to: &writer)
        try writeTyped("dataType", "@vocab", to: &writer)
        try writer.member("dct", "http://purl.org/dc/terms/")
        try writeTyped("examples", "@json", to: &writer)
        for term in terms { try writer.member(term, "cr:" + term) }
        try writer.member("sc", "https://schema.org/")
        writer.end()
    }

    private static let terms = [
        "equivalentProperty", "extract", "field", "fileProperty", "fileObject", "fileSet", "format", "includes",
        "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex",
        "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform",
    ]

    private static func writeTyped<Failure: Error>(
        _ term: String,
        _ type: String,
        to writer: inout JSONWriter<Failure>
    ) throws(Failure) {
        try writer.name(term)
        try writer.begin()
        try writer.member("@id", "cr:" + term)
        try writer.member("@type", type)
        writer.end()
    }
}
