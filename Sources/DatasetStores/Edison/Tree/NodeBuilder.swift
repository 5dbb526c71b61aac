internal import DatasetModel

extension Edison {
    /// Puts the platform's records into the words of a file system.
    enum NodeBuilder {
        static func node(_ dataset: DatasetRecord, at address: Address? = nil) -> Node {
            var attributes = Attributes()
            attributes.id = dataset.id
            attributes.description = dataset.description.flatMap { $0.isEmpty ? nil : $0 }
            attributes.owner = dataset.owner
            return Node(
                location: (address ?? .dataset(dataset.id)).location,
                name: dataset.name,
                kind: .directory,
                created: dataset.created,
                modified: dataset.modified,
                attributes: attributes
            )
        }

        /// What a listing tells of an entry.
        static func node(_ record: EntryRecord, _ shape: Shape) -> Node {
            var attributes = attributes(record)
            if record.isCollection, shape == .object { attributes.isCollection = true }
            return Node(
                location: Address.entry(record.id).location,
                name: FileName.of(record, shape),
                kind: kind(shape),
                size: shape == .text ? record.contentLength.map { UInt64($0) } : nil,
                created: record.created,
                modified: record.modified,
                attributes: attributes
            )
        }

        /// What the entry itself tells, without what only its content's object knows.
        static func node(_ answer: EntryAnswer, _ shape: Shape, inlineContent: [UInt8]?) -> Node {
            var node = node(answer.entry, shape)
            switch shape {
            case .text, .object, .reference:
                node.size = inlineContent.map { UInt64($0.count) }
                node.inlineContent = inlineContent
                node.version = EntryVersion(answer, shape: shape, inlineContent: inlineContent).version
            case .link, .directory, .objects: node.size = nil
            }
            if let location = answer.locations.first { add(location, to: &node.attributes) }
            return node
        }

        /// One object of an entry that has several.
        static func objectNode(_ answer: EntryAnswer, at index: Int, name: String) -> Node {
            let address = Address.object(entry: answer.entry.id, place: answer.place(at: index))
            var attributes = attributes(answer.entry)
            attributes.description = nil
            attributes.parentID = answer.entry.id
            add(answer.locations[index], to: &attributes)
            return Node(
                location: address.location,
                name: name,
                kind: .file,
                created: answer.entry.created,
                modified: answer.entry.modified,
                attributes: attributes
            )
        }

        /// The content that came along with the entry, nil when it lies elsewhere.
        static func inlineContent(_ answer: EntryAnswer, _ shape: Shape) -> [UInt8]? {
            switch shape {
            case .text: Array((answer.entry.content ?? "").utf8)
            case .reference: Reference.document(answer)
            case .directory, .object, .objects, .link: nil
            }
        }

        private static func kind(_ shape: Shape) -> NodeKind {
            switch shape {
            case .directory, .objects: .directory
            case .text, .object, .reference: .file
            case .link(let target): .link(target: target)
            }
        }

        private static func attributes(_ record: EntryRecord) -> Attributes {
            var attributes = Attributes()
            attributes.description = record.description.flatMap { $0.isEmpty ? nil : $0 }
            attributes.tags = record.tags
            attributes.id = record.id
            attributes.datasetID = record.datasetID
            attributes.parentID = record.parentID
            attributes.projectID = record.projectID
            attributes.alias = record.alias
            attributes.status = record.status
            attributes.owner = record.owner
            attributes.share = record.share
            return attributes
        }

        private static func add(_ location: LocationRecord, to attributes: inout Attributes) {
            attributes.storageType = location.storageType.isEmpty ? nil : location.storageType
            attributes.contentType = location.contentType
            if let type = location.contentType, type.contains("/") { attributes.mediaType = type }
            guard let metadata = location.metadata.map(Secrets.removed), let members = metadata.asObject else { return }
            for member in members where member.name != EntryDraft.markerName {
                attributes.metadata[member.name] = member.value.sorted.text
            }
        }
    }
}
