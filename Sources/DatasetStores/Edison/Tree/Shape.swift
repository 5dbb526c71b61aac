extension Edison {
    /// What an entry is to a file system. Nothing on the wire says so: it is inferred.
    enum Shape: Hashable, Sendable {
        case directory
        /// The inline text is the content.
        case text
        /// The object at the first location is the content.
        case object
        /// Several locations: a directory with one file for each.
        case objects
        case link(target: String)
        /// The content lies where this store cannot read it: a small file says where. `suffix` names the kind of place.
        case reference(suffix: String)

        /// Infers it from the whole answer about an entry.
        ///
        /// - Parameter hasChildren: Other entries are known to name this one as their parent: then it must be a
        ///   directory, or they could not be reached.
        init(_ answer: EntryAnswer, hasChildren: Bool) {
            let entry = answer.entry
            let objects = answer.locations.filter(\.isObject)
            guard !hasChildren else {
                self = .directory
                return
            }
            if objects.count > 1 {
                self = .objects
            } else if let link = answer.locations.first(where: { $0.storageType == "link" }),
                let target = entry.content ?? link.place, !target.isEmpty
            {
                self = .link(target: target)
            } else if let object = objects.first {
                // A directory entry may hold a location without data.
                let isEmpty = object.signedURL == nil && object.place == nil && entry.filePath == nil
                self = isEmpty && entry.content == nil && !entry.isCollection ? .directory : .object
            } else if let suffix = answer.locations.lazy.compactMap(\.referenceSuffix).first, entry.content == nil {
                self = .reference(suffix: suffix)
            } else if entry.content != nil {
                self = .text
            } else if entry.filePath == nil {
                self = .directory
            } else {
                // A text location without text stands for an empty text, none at all for an object that never came.
                self = answer.locations.isEmpty ? .object : .text
            }
        }

        /// Infers it from a listing, which tells no locations.
        ///
        /// - Returns: The likeliest shape, and whether only the entry itself can tell.
        static func guess(_ record: EntryRecord, hasChildren: Bool) -> (shape: Shape, isCertain: Bool) {
            if hasChildren { return (.directory, true) }
            if record.hasSchema { return (.reference(suffix: "bigquery"), false) }
            if record.contentLength != nil { return (.text, record.content == nil) }
            if record.isCollection { return (.object, record.filePath?.lowercased().hasSuffix(".zip") == true) }
            return record.filePath == nil ? (.directory, false) : (.object, true)
        }

        var isDirectory: Bool { self == .directory || self == .objects }
    }
}

extension Edison.LocationRecord {
    /// Its bytes lie behind a signed URL.
    var isObject: Bool { storageType == "gcs" || signedURL != nil }

    /// For content that only its own system can read: how the file that says so is to end.
    var referenceSuffix: String? {
        switch storageType {
        case "bigquery": "bigquery"
        case "elastic_search": "elastic"
        // A text entry of old is a row as well; one that names its table was registered.
        case "pg_table": metadata?["table_name"] == nil ? nil : "postgres"
        case "", "gcs", "raw_content", "link": nil
        default: "reference"
        }
    }
}
