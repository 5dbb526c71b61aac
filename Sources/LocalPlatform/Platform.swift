import Crypto
import Foundation
import GRDB
import Hummingbird

/// The platform's parts, as every route is given them.
struct Platform: Sendable {
    let settings: ServerSettings
    let database: DatabasePool
    let objects: ObjectStore
    let signer: URLSigner
    let tokens: TokenIssuer
    let faults: FaultInjector
    let traffic: Traffic

    /// Opens what lies under the root, or begins it.
    init(_ settings: ServerSettings) throws {
        self.settings = settings
        try FileManager.default.createDirectory(atPath: settings.root, withIntermediateDirectories: true)
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -65536") }
        database = try DatabasePool(path: settings.root + "/platform.sqlite", configuration: configuration)
        try Schema.migrate(database)
        objects = try ObjectStore(root: settings.root)
        let secret = try Self.secret(database)
        signer = URLSigner(
            key: secret,
            address: PublicAddress(settings.publicURL),
            lifetime: settings.signedURLLifetime
        )
        tokens = TokenIssuer(key: secret, lifetime: settings.tokenLifetime)
        faults = FaultInjector()
        traffic = Traffic()
    }

    /// The key of all signatures; kept, so that tokens and URLs outlive a restart.
    private static func secret(_ database: DatabasePool) throws -> SymmetricKey {
        try database.write { db in
            if let known = try Data.fetchOne(db, sql: "SELECT value FROM secret WHERE name = 'signing'") {
                return SymmetricKey(data: known)
            }
            let fresh = SymmetricKey(size: .bits256)
            let bytes = unsafe fresh.withUnsafeBytes { unsafe Data($0) }
            try db.execute(sql: "INSERT INTO secret VALUES ('signing', ?)", arguments: [bytes])
            return fresh
        }
    }

    /// Who sent the request.
    ///
    /// - Throws: `APIError.notAuthenticated`.
    func user(of request: Request) throws(APIError) -> User {
        guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer "),
            let user = tokens.user(of: String(header.dropFirst(7)))
        else { throw .notAuthenticated }
        return User(id: user)
    }

    /// The router with every route of the API.
    func router() -> Router<PlatformContext> {
        var table = RouteTable()
        table.router.add(middleware: TrafficCounter(traffic: traffic))
        table.router.add(middleware: ErrorShape())
        table.router.add(middleware: FaultMiddleware(faults: faults, traffic: traffic))
        LoginRoutes(platform: self).register(&table)
        EntryRoutes(platform: self).register(&table)
        MultipartRoutes(platform: self).register(&table)
        StorageRoutes(platform: self).register(&table)
        DatasetRoutes(platform: self).register(&table)
        SearchRoutes(platform: self).register(&table)
        WorkspaceRoutes(platform: self).register(&table)
        ProjectRoutes(platform: self).register(&table)
        if settings.admin { AdminRoutes(platform: self).register(&table) }
        table.refuseOtherMethods()
        return table.router
    }
}
