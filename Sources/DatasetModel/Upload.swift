/// Bytes that are to be published: they stay as they are until the store has them.
package protocol StagedContent: Sendable {
    /// Bytes.
    var size: UInt64 { get }

    /// Copies the bytes at `offset` into the whole of `buffer`.
    ///
    /// - Precondition: `offset + buffer.count` lies within the size.
    /// - Throws: `.localFailure` when the disk does not give them back, and what the store said where they had to be fetched.
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError)
}

/// What a new thing is to be in a store.
package struct Creation: Sendable {
    package enum Kind: Sendable, Hashable {
        case file
        case directory
        case link(target: String)
    }

    package var kind: Kind
    /// The directory it goes into.
    package var parent: Location
    /// As the store is to keep it: the tree's escapes are undone already.
    package var name: String
    /// Nil leaves it to the store.
    package var description: String?
    package var tags: [String] = []
    /// Of a file: its content is one zip that stands for a directory; `name` is the directory's.
    package var isCollection = false
    /// The project it belongs to, by id, where a store has such a thing.
    package var project: String?
    /// Of a file: the path that the store is to keep beside the name, e.g. what it was called where it comes from.
    package var filePath: String?
    /// The uploader's own facts, each value as JSON text; a store that keeps none leaves them out.
    package var metadata: [String: String] = [:]

    package init(_ kind: Kind, named name: String, in parent: Location) {
        self.kind = kind
        self.name = name
        self.parent = parent
    }
}

/// A change of what a store says of a thing; nil leaves a field as it is.
package struct AttributeChange: Sendable, Equatable {
    /// Empty takes the description away.
    package var description: String?
    package var tags: [String]?

    package init(description: String? = nil, tags: [String]? = nil) {
        self.description = description
        self.tags = tags
    }

    package var isEmpty: Bool { description == nil && tags == nil }
}

/// Where a store writes down what it must know to go on with an upload after a crash, and how far it is.
///
/// The note is the store's own text; nobody else reads it. It survives the process and the power once ``note(_:)`` is back.
package protocol UploadLedger: Sendable {
    /// The last note about this upload, nil at its first try.
    var lastNote: String? { get }

    /// Replaces the note, durably.
    ///
    /// - Throws: `.localFailure` when it could not be kept: the upload must not go on then.
    func note(_ text: String) throws(StoreError)

    /// So many bytes of the content have reached the store.
    func progress(_ bytes: UInt64)
}
