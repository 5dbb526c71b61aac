import GRDB
import Hummingbird

extension EntryRoutes {
    /// Deletes one entry; its children stay and point at a parent that is gone.
    func delete(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        let lag = platform.settings.searchDelay > 0
        let remains = try await platform.database.write { db in
            try EntryRemoval.remove(db, [EntryRecord.owned(db, id, by: user)], indexLag: lag)
        }
        try await platform.remove(remains)
        return Response(status: .noContent)
    }
}

extension Platform {
    func remove(_ remains: Remains) async throws {
        guard !remains.objects.isEmpty || !remains.uploads.isEmpty else { return }
        let objects = objects
        try await BlockingIO.run {
            for key in remains.objects { objects.remove(object: key) }
            for id in remains.uploads { objects.remove(upload: id) }
        }
    }
}
