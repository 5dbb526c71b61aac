internal import Crypto
package import DatasetHTTP
package import DatasetModel
package import DatasetSync

extension Edison {
    /// The storage of one Edison account, read and written as a tree: datasets and loose entries at the root, entries below.
    package final class Store: DatasetModel.Store {
        package let traits: StoreTraits

        let options: Options
        let client: Client
        let urls: SignedURLs
        let trees: TreeCache
        let shapes = LearntShapes()
        let texts = RecentTexts()
        let roots: RootMemory
        let crew: Crew
        /// Parts of uploads on their way at once, together with the thread that uploads: six, as the platform's own client.
        let uploads = Crew(threads: 5)
        /// Children in one page of a listing.
        let pageSize: Int
        let time: any TimeSource

        /// - Parameter transport: One that repeats what may be repeated; this store only resumes what broke off midway.
        /// - Throws: `.invalid` when an option is no URL or no id.
        package convenience init(
            options: Options,
            credentials: Credentials,
            transport: any Transport,
            time: any TimeSource = SystemTime()
        ) throws(StoreError) {
            try self.init(options, credentials, transport, time, pause: .real)
        }

        init(
            _ options: Options,
            _ credentials: Credentials,
            _ transport: any Transport,
            _ time: any TimeSource,
            pause: Pause,
            pageSize: Int = 2000
        ) throws(StoreError) {
            self.pageSize = pageSize
            self.options = try options.checked()
            self.time = time
            let base = try BaseURL(options.baseURL)
            let session = Session(credentials, base: base, transport: transport, time: time)
            client = Client(base: base, transport: transport, session: session, pause: pause)
            urls = SignedURLs(client: client, time: time)
            trees = TreeCache(client: client, time: time)
            roots = RootMemory(user: options.userID, claims: Self.claims(credentials))
            crew = Crew(threads: 6)
            let root = self.options.dataset.map { "dataset/\($0)" } ?? "*"
            var traits = StoreTraits(
                identity: "edison|\(base.host)|\(Self.account(credentials))|\(root)",
                displayName: self.options.dataset.map { "edison:\($0)" } ?? "edison:",
                // A search is all there is: it may lag, and it does not show what others share.
                listsEverything: self.options.dataset != nil,
                readsRanges: true,
                describesNodes: true
            )
            traits.isWritable = true
            self.traits = traits
        }

        private static func claims(_ credentials: Credentials) -> TokenClaims? {
            if case .token(let token) = credentials { TokenClaims(token.value) } else { nil }
        }

        /// Stands for the account where no secret may stand; of a token, which changes, only its subject counts.
        private static func account(_ credentials: Credentials) -> String {
            let text =
                switch credentials {
                case .apiKey(let key): "key \(key.value)"
                case .token(let token): "subject \(TokenClaims(token.value)?.subject ?? token.value)"
                }
            return Hexadecimal.text(SHA256.hash(data: Array(text.utf8)).prefix(6))
        }
    }
}
