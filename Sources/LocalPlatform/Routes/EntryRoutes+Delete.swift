import GRDB
import Hummingbird

extension EntryRoutes {
    /// Deletes one entry; its children stay and point at a parent that is gone.
    func delete(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        let lag = platform.settings.searchDelay > 0
        let orphans = try await platform.database.write { db in
            try EntryRemoval.remove(db, [EntryRecord.owned(db, id, by: user)], indexLag: lag)
        }
        try await platform.removeObjects(orphans)
        return Response(status: .noContent)
    }
}

extension Platform {
    func removeObjects(_ keys: [String]) async throws {
        guard !keys.isEmpty else { return }
        let objects = objects
        try await BlockingIO.run {
            for key in keys { objects.remove(object: key) }
        }
    }
}
