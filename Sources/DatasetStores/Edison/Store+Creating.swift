package import DatasetModel
package import DatasetSync

extension Edison.Store {
    package func check(_ creation: Creation) throws(StoreError) {
        let name = Edison.Detail.printable(creation.name, limit: 80)
        guard !creation.name.isEmpty else {
            throw StoreError(.invalid, "the platform takes no empty name", remedy: "Choose a name.")
        }
        let texts = [creation.name, creation.description ?? ""] + creation.tags
        guard !texts.contains(where: { $0.utf8.contains(0) }) else {
            throw StoreError(
                .invalid,
                "the platform takes no NUL character in a name, description or tag",
                remedy: "Leave it out."
            )
        }
        if case .link(let target) = creation.kind, !Edison.isURL(target) {
            throw StoreError(
                .unsupported,
                "the platform keeps links to URLs only: “\(name)” points elsewhere",
                remedy: "Give an absolute URL as the target, or copy what it points to."
            )
        }
        // What is no address of this store is a directory that is still to be made in it.
        switch try? Edison.Address(creation.parent) {
        case .root where options.dataset == nil:
            guard creation.kind == .directory else {
                throw StoreError(
                    .unsupported,
                    "“\(name)” cannot stand beside the datasets",
                    remedy: "Make a directory first, which becomes a dataset, and put it in there."
                )
            }
            guard creation.tags.isEmpty else {
                throw StoreError(.unsupported, "the platform keeps no tags of a dataset")
            }
        case .object: throw Self.noDirectory(creation.parent)
        case .root, .dataset, .entry, nil: break
        }
    }

    private static func noDirectory(_ location: Location) -> StoreError {
        StoreError(.invalid, "\(location) is no directory")
    }

    package func create(
        _ creation: Creation,
        content: (any StagedContent)?,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try cancellation.check(during: "creating “\(Edison.Detail.printable(creation.name))”")
        try check(creation)
        let record = Edison.UploadRecord(ledger, time: time) { $0.target == nil }
        guard let place = try place(of: creation.parent, until: cancellation) else {
            return try createDataset(creation, record, until: cancellation)
        }
        var draft = Edison.EntryDraft(form: .directory, name: creation.name, place: place)
        draft.description = creation.description
        draft.tags = creation.tags
        draft.project = creation.project ?? (options.projects.count == 1 ? options.projects[0] : nil)
        draft.filePath = creation.filePath
        draft.metadata = Self.metadata(creation)
        let answer: Edison.EntryAnswer
        switch creation.kind {
        case .directory: answer = try maker(record, until: cancellation).make(draft)
        case .link(let target):
            draft.form = .link(target: target)
            answer = try maker(record, until: cancellation).make(draft)
        case .file:
            draft.isCollection = creation.isCollection
            if creation.isCollection { draft.filePath = Self.archivePath(creation) }
            let name = Edison.FileName.withExtension(creation.name, from: draft.filePath)
            let payload = try Edison.Payload(
                content ?? Edison.NoContent(),
                named: creation.isCollection ? nil : name,
                until: cancellation
            )
            answer = try createFile(draft, payload, record, until: cancellation)
        }
        let node = try entryNode(answer, until: cancellation)
        trees.wrote(answer.entry, in: place.dataset)
        return node
    }

    /// What is no JSON is a text.
    private static func metadata(_ creation: Creation) -> [Edison.JSON.Member] {
        creation.metadata.sorted { $0.key < $1.key }.map { name, text in
            Edison.JSON.Member(name, (try? Edison.JSON.parse(Array(text.utf8))) ?? .string(text))
        }
    }

    /// The path of a collection's zip, as the platform's own client forms it.
    private static func archivePath(_ creation: Creation) -> String {
        let isNamed = creation.name.lowercased().hasSuffix(".zip")
        let name = isNamed ? creation.name : creation.name + ".zip"
        return creation.filePath.map { "\($0)/\(name)" } ?? name
    }

    /// Where a new entry goes; nil for the root, which takes datasets.
    func place(of parent: Location, until cancellation: Cancellation) throws(StoreError) -> Edison.Place? {
        switch try Edison.Address(parent) {
        case .root: return options.dataset.map { Edison.Place(dataset: $0) }
        case .dataset(let id): return Edison.Place(dataset: id)
        case .object: throw Self.noDirectory(parent)
        case .entry(let id):
            if shapes.lastShape(of: id) == .directory, let dataset = trees.home(of: id) {
                return Edison.Place(dataset: dataset, parent: id)
            }
            let answer = try client.entry(id, until: cancellation)
            switch try shape(of: answer) {
            case .directory: return Edison.Place(dataset: answer.entry.datasetID, parent: id)
            case .objects:
                throw StoreError(
                    .unsupported,
                    "entry \(id) shows objects that lie elsewhere: nothing can be put beside them",
                    remedy: "Put it into another directory."
                )
            case .text, .object, .link, .reference: throw Self.noDirectory(parent)
            }
        }
    }

    func maker(_ record: Edison.UploadRecord, until cancellation: Cancellation) -> Edison.EntryMaker {
        Edison.EntryMaker(client: client, record: record, time: time, user: roots.user, cancellation: cancellation)
    }

    func createDataset(
        _ creation: Creation,
        _ record: Edison.UploadRecord,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        let dataset = try Edison.DatasetMaker(client: client, record: record, cancellation: cancellation)
            .make(creation.name, creation.description)
        roots.open(dataset: dataset.id)
        roots.keep(dataset, until: time.now() + Edison.RootMemory.nameLifetime)
        return directory(dataset)
    }
}

extension Edison {
    /// A scheme, a colon, two slashes and something behind them (RFC 3986, 3), on this side of no file of this machine.
    static func isURL(_ text: String) -> Bool {
        guard let colon = text.firstRange(of: "://"), colon.upperBound < text.endIndex else { return false }
        let scheme = text[..<colon.lowerBound].utf8
        guard let first = scheme.first, (0x61...0x7A).contains(first | 0x20) else { return false }
        let isScheme = scheme.allSatisfy { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "+-.".utf8.contains(byte)
        }
        return isScheme && text[..<colon.lowerBound].lowercased() != "file"
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
}
