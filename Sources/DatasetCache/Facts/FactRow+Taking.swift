internal import DatasetModel

/// How a row differs from what it was before something was told.
struct FactDifference: OptionSet {
    let rawValue: Int

    /// Size, version, modification time or kind are not what they were, be it only that they are known now.
    static let facts = FactDifference(rawValue: 1)
    /// What was known of the content is no longer so: the bytes are others.
    static let content = FactDifference(rawValue: 2)
    static let name = FactDifference(rawValue: 4)
    /// The row in the file is out of date.
    static let row = FactDifference(rawValue: 8)
}

extension FactRow {
    /// The row of a node seen for the first time.
    ///
    /// - Parameter isWhole: The store was asked for this very node, not for a listing.
    init(new told: NamedNode, in parent: UInt64, at wall: Int64, isWhole: Bool, isPinned: Bool) {
        let node = told.node
        let isConfirmed = node.tellsContent
        self.init(
            fact: Fact(
                inode: 0,
                parent: parent,
                name: told.name,
                location: node.location,
                kind: node.kind,
                size: node.storedSize,
                version: node.version,
                created: node.created,
                modified: node.modified,
                changed: node.modified,
                knownAt: isWhole || isConfirmed ? wall : 0
            ),
            sourceName: node.name,
            isPinned: isPinned,
            isConfirmed: isConfirmed && !isWhole,
            isComplete: isWhole,
            attributes: AttributesText.encode(node.attributes)
        )
    }

    /// Takes over what a listing says, which may be less than is known.
    mutating func take(listed told: NamedNode, at wall: Int64) -> FactDifference {
        let before = self
        let node = told.node
        let isSame = isSameContent(as: node)
        let attributesChange = takeAttributes(node.attributes, isSame: isSame)
        fact.kind = node.kind
        fact.size = node.storedSize ?? (isSame ? fact.size : nil)
        fact.created = node.created ?? (isSame ? fact.created : nil)
        fact.modified = modified(of: node) ?? (isSame ? fact.modified : nil)
        fact.version = node.version ?? (isSame ? fact.version : nil)
        fact.name = told.name
        sourceName = node.name
        isComplete = isComplete && isSame
        isConfirmed = node.tellsContent
        if isConfirmed { fact.knownAt = wall }
        return difference(from: before, metadataChanged: attributesChange, at: wall)
    }

    /// Takes over what the store says of this very node.
    mutating func take(whole node: Node, named name: String? = nil, at wall: Int64) -> FactDifference {
        let before = self
        let told = AttributesText.encode(node.attributes)
        // What merely was not known before is no change of the thing; without a full answer before, nobody can tell.
        let metadataChanged =
            isComplete
            ? !told.isExactly(attributes)
            : AttributesText.decode(attributes)?.contradicts(node.attributes) ?? false
        attributes = told
        fact.kind = node.kind
        fact.size = node.storedSize
        fact.created = node.created
        fact.modified = modified(of: node)
        fact.version = node.version
        fact.name = name ?? fact.name
        fact.knownAt = wall
        sourceName = node.name
        isComplete = true
        return difference(from: before, metadataChanged: metadataChanged, at: wall).union(.row)
    }

    /// The time belongs to the bytes: as long as they are the same version it stays what was shown first, which for a file
    /// written here is what its writer saw.
    private func modified(of node: Node) -> Timestamp? {
        guard let version = node.version, version == fact.version, let known = fact.modified else {
            return node.modified
        }
        return known
    }

    /// Whether what is known of the content still holds where `node` is silent.
    private func isSameContent(as node: Node) -> Bool {
        guard node.kind == fact.kind else { return false }
        if let told = node.storedSize, let known = fact.size, told != known { return false }
        if let told = node.version, let known = fact.version { return told == known }
        return node.modified == fact.modified
    }

    /// - Returns: Whether something both sides tell is told differently.
    private mutating func takeAttributes(_ told: Attributes, isSame: Bool) -> Bool {
        let text = AttributesText.encode(told)
        guard !text.isExactly(attributes) else { return false }
        guard let known = AttributesText.decode(attributes) else {
            attributes = text
            return false
        }
        attributes = isSame ? AttributesText.encode(told.completed(by: known)) : text
        return told.contradicts(known)
    }

    private mutating func difference(
        from before: FactRow,
        metadataChanged: Bool,
        at wall: Int64
    ) -> FactDifference {
        var difference: FactDifference = []
        if fact.differsInFacts(from: before.fact) { difference.insert(.facts) }
        if fact.differsInContent(from: before.fact) { difference.insert(.content) }
        if !fact.name.isExactly(before.fact.name) { difference.insert(.name) }

        let isTouched = before.fact.modified != nil && fact.modified != before.fact.modified
        fact.changed = [before.fact.changed, fact.modified].compactMap(\.self).max()
        let isCovered = fact.changed != before.fact.changed
        let isContentChange = isTouched || difference.contains(.content)
        if metadataChanged || difference.contains(.name) || (isContentChange && !isCovered) {
            fact.changed = [fact.changed, Timestamp(nanoseconds: wall)].compactMap(\.self).max()
        }

        let isRowDifferent =
            !difference.isEmpty || isConfirmed != before.isConfirmed || isComplete != before.isComplete
            || isPinned != before.isPinned || fact.created != before.fact.created
            || fact.changed != before.fact.changed || !attributes.isExactly(before.attributes)
            || !sourceName.isExactly(before.sourceName)
        if isRowDifferent { difference.insert(.row) }
        return difference
    }
}

extension Fact {
    fileprivate func differsInFacts(from other: Fact) -> Bool {
        kind != other.kind || size != other.size || modified != other.modified
            || version != other.version
    }

    /// Learning a size or version that was not known is no difference; losing one is. A directory has no content.
    fileprivate func differsInContent(from other: Fact) -> Bool {
        guard kind == other.kind else { return true }
        guard kind == .file else { return false }
        let sizeDiffers = other.size != nil && size != other.size
        let versionDiffers = other.version != nil && version != other.version
        return sizeDiffers || versionDiffers
    }
}

extension Node {
    /// SQLite and `off_t` end at `Int64.max`; a store that claims more is believed up to there.
    fileprivate var storedSize: UInt64? { size.map { min($0, UInt64(Int64.max)) } }

    /// Nothing is missing that a question about this very node would tell of the content.
    fileprivate var tellsContent: Bool {
        guard kind == .file else { return true }
        return size != nil && version != nil
    }
}
