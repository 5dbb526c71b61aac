internal import DatasetModel

/// `ro-crate-metadata.json`: a flat graph of the directory, of each thing below it, and of who made it.
enum ROCrate {
    static func write<Failure: Error>(
        _ facts: DirectoryFacts,
        _ tree: FactsTree,
        to sink: @escaping ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        var graph = Graph(writer: JSONWriter(to: sink), tree: tree, facts: facts)
        try graph.write()
    }

    fileprivate struct Graph<Failure: Error> {
        var writer: JSONWriter<Failure>
        let tree: FactsTree
        let facts: DirectoryFacts
    }
}

extension ROCrate.Graph {
    /// The name of the view itself: an entry of that name at the top is the crate's descriptor, not a part of it.
    private static var descriptor: String { "ro-crate-metadata.json" }
    private static var specification: String { "https://w3id.org/ro/crate/1.1" }
    private static var author: String { "#author" }

    fileprivate mutating func write() throws(Failure) {
        try writer.begin()
        try writer.name("@context")
        try writer.beginList()
        try writer.value(Self.specification + "/context")
        // Terms that the context of 1.1 does not have yet.
        try writer.begin()
        try writer.member("md5", "http://mlcommons.org/croissant/md5")
        try writer.member("sha256", "http://schema.org/sha256")
        writer.end()
        writer.endList()
        try writer.name("@graph")
        try writer.beginList()
        try writeDescriptor()
        try writeRoot()
        for item in tree.items { try write(item) }
        try writeContext()
        writer.endList()
        writer.end()
        try writer.finish()
    }

    private mutating func writeDescriptor() throws(Failure) {
        try writer.begin()
        try writer.member("@id", Self.descriptor)
        try writer.member("@type", "CreativeWork")
        try reference("about", "./")
        try reference("conformsTo", Self.specification)
        writer.end()
    }

    private mutating func writeRoot() throws(Failure) {
        try writer.begin()
        try writer.member("@id", "./")
        try writer.member("@type", "Dataset")
        try writer.member("name", facts.name)
        try writer.member("description", facts.description ?? facts.sentence(of: tree))
        try writer.member("datePublished", facts.latest(in: tree)?.rfc3339)
        try writer.member("dateCreated", facts.created?.rfc3339)
        try writer.member("dateModified", facts.modified?.rfc3339)
        if let license {
            try reference("license", license.id)
        } else {
            // The specification asks for one; where nobody has given any, that is what there is to say.
            try writer.member("license", "No license is stated.")
        }
        if facts.owner?.isEmpty == false { try reference("author", Self.author) }
        try compact("keywords", facts.tags)
        try writer.member("identifier", facts.id)
        try writer.member("url", PublicURL.checked(facts.pageURL))
        try writeParts(tree.top)
        writer.end()
    }

    private mutating func write(_ item: FactsTree.Item) throws(Failure) {
        guard let id = identifier(of: item) else { return }
        if case .link = item.facts.kind { return }
        try writer.begin()
        try writer.member("@id", id)
        try writer.member("@type", item.facts.kind == .directory ? "Dataset" : "File")
        try writer.member("name", item.facts.path.last)
        try writer.member("description", item.facts.description)
        try writer.member("contentSize", item.facts.size.map { String($0) })
        try writer.member("encodingFormat", item.facts.kind == .file ? MediaTypes.type(of: item.facts) : nil)
        try writer.member("sha256", Digests.checkedSHA256(item.facts.digests.sha256))
        try writer.member("md5", Digests.checkedMD5(item.facts.digests.md5))
        try writer.member("dateCreated", item.facts.created?.rfc3339)
        try writer.member("dateModified", item.facts.modified?.rfc3339)
        try compact("keywords", item.facts.tags)
        try writer.member("identifier", item.facts.id)
        try writer.member("url", PublicURL.checked(item.facts.pageURL))
        try writeParts(item.children)
        writer.end()
    }

    /// An entity of its own: a URL names itself, anything else that was stated is its name.
    private var license: (id: String, name: String)? {
        guard let name = facts.statedLicense else { return nil }
        return (PublicURL.checked(name) ?? "#license", name)
    }

    /// Files and directories are parts. What a link points to lies elsewhere and is only mentioned.
    private mutating func writeParts(_ places: [Int]) throws(Failure) {
        var parts: [String] = []
        var mentions: [String] = []
        for place in places {
            guard let id = identifier(of: tree.items[place]) else { continue }
            if case .link = tree.items[place].facts.kind { mentions.append(id) } else { parts.append(id) }
        }
        try references("hasPart", parts)
        try references("mentions", mentions)
    }

    /// Nil for what the crate does not show.
    private func identifier(of item: FactsTree.Item) -> String? {
        switch item.facts.kind {
        case .link(let target): PublicURL.checked(target)
        case .directory: PublicURL.reference(to: item.path) + "/"
        case .file: item.path == Self.descriptor ? nil : PublicURL.reference(to: item.path)
        }
    }

    /// Whose it is, under which license, and the pages that are mentioned, each once.
    private mutating func writeContext() throws(Failure) {
        if let owner = facts.owner, !owner.isEmpty {
            try writer.begin()
            try writer.member("@id", Self.author)
            try writer.member("@type", "Person")
            try writer.member("name", owner)
            writer.end()
        }
        var told = Set<String>()
        if let license {
            told.insert(license.id)
            try writePage(
                license.id,
                type: "CreativeWork",
                name: license.name,
                description: "The license of the dataset."
            )
        }
        for item in tree.items {
            guard case .link = item.facts.kind, let url = identifier(of: item), told.insert(url).inserted else {
                continue
            }
            try writePage(url, type: "WebPage", name: item.facts.path.last, description: item.facts.description)
        }
    }

    private mutating func writePage(
        _ url: String,
        type: String,
        name: String?,
        description: String?
    ) throws(Failure) {
        try writer.begin()
        try writer.member("@id", url)
        try writer.member("@type", type)
        try writer.member("name", name)
        try writer.member("description", description)
        writer.end()
    }

    private mutating func reference(_ name: String, _ id: String) throws(Failure) {
        try writer.name(name)
        try writer.begin()
        try writer.member("@id", id)
        writer.end()
    }

    /// A list of one value is written as that value, as the specification recommends.
    private mutating func compact(_ name: String, _ texts: [String]) throws(Failure) {
        if texts.count == 1 { try writer.member(name, texts[0]) } else { try writer.member(name, texts) }
    }

    private mutating func references(_ name: String, _ ids: [String]) throws(Failure) {
        guard !ids.isEmpty else { return }
        if ids.count == 1 { return try reference(name, ids[0]) }
        try writer.name(name)
        try writer.beginList()
        for id in ids {
            try writer.begin()
            try writer.member("@id", id)
            writer.end()
        }
        writer.endList()
    }
}
