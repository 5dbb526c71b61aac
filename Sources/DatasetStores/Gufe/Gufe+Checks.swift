internal import DatasetModel

extension Gufe {
    /// Refuses what neither a directory nor memory could hold.
    static func check(_ creation: Creation, in traits: StoreTraits) throws(StoreError) {
        let name = Array(creation.name.utf8)
        guard RelativePath.isName(name) else {
            throw StoreError(
                .invalid,
                "“\(creation.name)” cannot be a name in \(traits.displayName)",
                remedy: "A name is not empty, not “.” or “..”, and holds neither “/” nor NUL."
            )
        }
        guard name.count <= 255 else {
            throw StoreError(
                .invalid,
                "The name “\(creation.name)” takes \(name.count) bytes: \(traits.displayName) holds names of at most 255",
                remedy: "Choose a shorter name."
            )
        }
        if case .link(let target) = creation.kind {
            guard !target.isEmpty, !target.utf8.contains(0), target.utf8.count < 4096 else {
                throw StoreError(
                    .invalid,
                    "The target of “\(creation.name)” cannot be kept in \(traits.displayName)",
                    remedy: "A target has between 1 and 4095 bytes, none of them NUL."
                )
            }
            guard creation.description == nil, creation.tags.isEmpty else {
                throw StoreError(
                    .unsupported,
                    "“\(creation.name)” is a link: \(traits.displayName) keeps no description with links"
                )
            }
        }
        try check(AttributeChange(creation), of: Location(creation.name), in: traits)
    }

    static func check(_ change: AttributeChange, of location: Location, in traits: StoreTraits) throws(StoreError) {
        guard traits.describesNodes || change.isEmpty else {
            throw StoreError(
                .unsupported,
                "“\(location)” cannot be described: the file system of \(traits.displayName) keeps no extended attributes"
            )
        }
        for tag in change.tags ?? [] where tag.isEmpty || tag.utf8.contains(UInt8(ascii: ",")) {
            throw StoreError(
                .invalid,
                "“\(tag)” cannot be a tag of “\(location)”",
                remedy: "A tag is not empty and holds no comma."
            )
        }
    }

    /// The content of a file that comes without one.
    struct NoContent: StagedContent {
        var size: UInt64 { 0 }

        func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {}
    }
}
