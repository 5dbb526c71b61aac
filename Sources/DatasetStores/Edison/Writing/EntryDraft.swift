extension Edison {
    /// An entry about to be made.
    struct EntryDraft: Sendable {
        enum Form: Sendable, Equatable {
            case directory
            case text(String)
            case link(target: String)
            /// What lies elsewhere already: the `existing_location` of the request.
            case registered(JSON)
            /// The content is uploaded afterwards.
            case file(size: UInt64)
        }

        var form: Form
        var name: String
        var place: Place
        var description: String?
        var tags: [String] = []
        var project: String?
        /// Of a text or file; from it other clients take name and type of what they download.
        var filePath: String?
        var isCollection = false
        /// What a person or program is to do with a link.
        var instructions: String?
        /// The uploader's own members of the metadata.
        var metadata: [JSON.Member] = []

        /// The member of the metadata by which an entry is known again.
        static let markerName = "datasetfs_upload"

        /// The body of the request that makes it.
        func json(marker: String) -> JSON {
            var members = [JSON.Member("name", .string(name)), JSON.Member("is_collection", .bool(isCollection))]
            var metadata = [JSON.Member(Self.markerName, .string(marker))] + metadata
            func add(_ name: String, _ text: String?) {
                if let text { members.append(JSON.Member(name, .string(text))) }
            }
            add("description", description)
            add("parent_id", place.parent)
            add("dataset_id", place.dataset)
            add("project_id", project)
            switch form {
            case .directory: break
            case .text(let content):
                add("content", content)
                add("file_path", filePath ?? name)
                metadata.append(JSON.Member("size", .number(String(content.utf8.count))))
            case .file(let size):
                add("file_path", filePath ?? name)
                metadata.append(JSON.Member("size", .number(String(size))))
            case .link(let target):
                add("content", target)
                // What the platform's own client always sends with a link.
                metadata.append(JSON.Member("instructions", .string(instructions ?? "Open the URL.")))
                members.append(JSON.Member("existing_location", Self.location(target, metadata)))
            case .registered(let place):
                add("file_path", place["location"]?.asString)
                members.append(JSON.Member("existing_location", place))
            }
            if !tags.isEmpty { members.append(JSON.Member("tags", .array(tags.map { .string($0) }))) }
            members.append(JSON.Member("metadata", .object(metadata)))
            return .object(members)
        }

        private static func location(_ target: String, _ metadata: [JSON.Member]) -> JSON {
            .object([
                JSON.Member("storage_type", .string("link")), JSON.Member("content_type", .string("text")),
                JSON.Member("location", .string(target)), JSON.Member("metadata", .object(metadata)),
            ])
        }

        /// What answers may be the entry that this draft makes, as far as kind and content tell.
        func resembles(_ answer: EntryAnswer) -> Bool {
            let entry = answer.entry
            guard entry.name.utf8.elementsEqual(name.utf8), entry.parentID == place.parent else { return false }
            switch form {
            case .directory: return Shape(answer, hasChildren: false) == .directory && entry.content == nil
            case .text(let content): return entry.content?.utf8.elementsEqual(content.utf8) == true
            case .link(let target): return Shape(answer, hasChildren: false) == .link(target: target)
            case .registered(let place):
                let type = place["storage_type"]?.asString
                return answer.locations.contains { $0.storageType == type }
            case .file: return entry.status == "pending" && entry.filePath == filePath ?? name
            }
        }
    }
}

extension Edison.EntryAnswer {
    /// The mark of the upload that made the entry, where the platform shows it.
    var marker: String? {
        locations.lazy.compactMap { $0.metadata?[Edison.EntryDraft.markerName]?.asString }.first
    }
}
