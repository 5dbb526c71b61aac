import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization

@testable import DatasetStores

/// A store on a local platform, where another user of the same account works as well.
final class EdisonFixture: StoreFixture {
    static let traits = FixtureTraits(
        // What is created outside of a dataset gets one of its own from the platform.
        holdsFilesInRoot: false,
        linkTarget: "https://example.org/a/page?of=it",
        pageSize: 50,
        bigFileSize: 24 << 20,
        writing: WritingTraits(
            // The platform's names are no keys.
            refusesTakenNames: false,
            refusedNames: ["", "nul\0byte"],
            longSize: (2 << 20) + 3,
            randomSteps: 100
        )
    )

    let store: any Store
    private let server: LocalServer
    private let user: PlatformUser
    /// Datasets and entries by path.
    private let ids = Mutex<[ReferenceTree.Path: String]>([:])

    init(holding tree: ReferenceTree) throws {
        server = try LocalServer()
        user = try PlatformUser(server.url)
        var options = Edison.Options()
        options.baseURL = server.url
        let transport = RetryingTransport(try CurlTransport(TransportConfiguration()))
        store = try Edison.Store(
            options,
            .apiKey(Edison.Secret(LocalServer.key)),
            transport,
            SystemTime(),
            pause: .real,
            pageSize: Self.traits.pageSize
        )
        for path in tree.paths {
            if let entry = tree[path] { try put(entry, at: path) }
        }
    }

    var unknownLocation: Location { Location("dataset/00000000-0000-4000-8000-000000000000") }

    func put(_ entry: ReferenceTree.Entry, at path: ReferenceTree.Path) throws {
        let known = ids.withLock { $0[path] }
        if path.parent.text.isEmpty {
            guard entry == .directory else { throw PlatformUser.Refusal(message: "files are in datasets") }
            let id = try user.makeDataset(path.text)
            return ids.withLock { $0[path] = id }
        }
        let dataset = ids.withLock { $0[path.dataset] } ?? ""
        if let known, case .file(let content) = entry {
            return try user.replace(known, with: content, dataset: dataset)
        }
        if known != nil { try remove(path) }
        var members: [String: Any] = ["name": path.name, "dataset_id": dataset]
        if path.parent != path.dataset { members["parent_id"] = ids.withLock { $0[path.parent] } }
        let id: String?
        switch entry {
        case .directory: id = try user.create(members)["id"] as? String
        case .file(let content): id = try user.store(content, members)
        case .link(let target):
            members["content"] = target
            members["existing_location"] = ["storage_type": "link", "content_type": "text", "location": target]
            id = try user.create(members)["id"] as? String
        }
        ids.withLock { $0[path] = id }
    }

    func remove(_ path: ReferenceTree.Path) throws {
        guard let id = ids.withLock({ $0.removeValue(forKey: path) }) else { return }
        if path.parent.text.isEmpty { try user.delete(dataset: id) } else { try user.delete(entry: id) }
    }
}

extension ReferenceTree.Path {
    /// The first name: the dataset that it lies in.
    fileprivate var dataset: ReferenceTree.Path {
        ReferenceTree.Path(String(text.prefix { $0 != "/" }))
    }
}
