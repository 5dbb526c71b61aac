internal import DatasetModel

extension Edison {
    /// The platform's `data_storage` object: what it knows of an entry, without its locations.
    struct EntryRecord: Sendable, Equatable {
        var id: String
        var name: String
        var description: String?
        /// Inline text. In listings only what may be a link's URL is kept.
        var content: String?
        /// UTF-8 length of the inline text, nil when there is none.
        var contentLength: Int?
        var status: String?
        var isCollection = false
        var tags: [String] = []
        var parentID: String?
        var projectID: String?
        var datasetID: String?
        /// False when the answer has no `dataset_id` member at all, as a search hit may: then nothing is known of it.
        var tellsDataset = false
        var filePath: String?
        var hasSchema = false
        var owner: String?
        var share: String?
        var alias: String?
        var created: Timestamp?
        var modified: Timestamp?
    }

    /// What the platform says of a dataset itself.
    struct DatasetRecord: Sendable, Equatable {
        var id: String
        var name: String
        var description: String?
        var owner: String?
        var created: Timestamp?
        var modified: Timestamp?
    }

    /// The answer to a question about a whole dataset.
    struct DatasetAnswer: Sendable, Equatable {
        var dataset: DatasetRecord
        var records: [EntryRecord]
        /// Entries that cannot be read and are left out.
        var damaged = 0
    }

    /// One place where content of an entry lies.
    struct LocationRecord: Sendable, Equatable {
        var id: String?
        var storageType: String
        var contentType: String?
        var metadata: JSON?
        /// Object path, table, index or URL.
        var place: String?
        var signedURL: String?

        /// The size that the uploader declared; what is no plausible size was not declared.
        var declaredSize: UInt64? {
            metadata?["size"]?.asInteger.flatMap { UInt64(exactly: $0) }.flatMap { $0 < 1 << 60 ? $0 : nil }
        }

        /// The object lies in somebody's bucket, where it may change without the platform's knowledge.
        var isForeign: Bool { metadata?["bucket_name"] != nil }
    }

    /// The answer to a question about one entry.
    struct EntryAnswer: Sendable, Equatable {
        var entry: EntryRecord
        var locations: [LocationRecord]
        var revisionID: String?
        var currentRevisionID: String?
        var generation = 0
        var version = 0
    }
}
