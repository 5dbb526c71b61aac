import GRDB

/// Who is asking: the user that an API key stands for.
struct User: Sendable, Equatable {
    /// The organization of everybody who has a key of this server.
    static let organization = "local"

    let id: String

    /// What an owner may write to mean this user: the id, or an e-mail address that begins with it.
    func isNamed(by accessor: String) -> Bool {
        accessor == id || accessor.hasPrefix(id + "@")
    }
}

extension EntryRecord {
    /// Whether `user` may see the entry; who may not is told that there is none.
    func isVisible(_ db: Database, to user: User) throws -> Bool {
        if userID == user.id || shareStatus == "public" { return true }
        guard shareStatus == "shared" else { return false }
        let rows = try Row.fetchAll(db, sql: "SELECT kind, accessor FROM accessor WHERE entry_id = ?", arguments: [id])
        return rows.contains { row in
            let kind: String = row[0]
            let accessor: String = row[1]
            return kind == "organization" ? accessor == User.organization : user.isNamed(by: accessor)
        }
    }

    /// The entry, if `user` may see it.
    ///
    /// - Throws: `APIError.entryNotFound` otherwise.
    static func visible(_ db: Database, _ idOrAlias: String, to user: User) throws -> EntryRecord {
        guard let entry = try find(db, idOrAlias), try entry.isVisible(db, to: user) else {
            throw APIError.entryNotFound
        }
        return entry
    }

    /// The entry, if `user` may change it.
    ///
    /// - Throws: `APIError.entryNotFound` when it is not even visible, `APIError.notPermitted` when it is another's.
    static func owned(_ db: Database, _ idOrAlias: String, by user: User) throws -> EntryRecord {
        let entry = try visible(db, idOrAlias, to: user)
        guard entry.userID == user.id else { throw APIError.notPermitted }
        return entry
    }

    /// The same rule as `isVisible`, as a condition on table `entry`; its arguments are user, organization, user.
    static let visibleSQL = """
        (entry.user_id = ? OR entry.share_status = 'public' OR (entry.share_status = 'shared' AND EXISTS (
        SELECT 1 FROM accessor WHERE accessor.entry_id = entry.id AND CASE accessor.kind
        WHEN 'organization' THEN accessor.accessor = ?
        ELSE accessor.accessor = ? OR accessor.accessor LIKE ? END)))
        """

    static func visibleArguments(_ user: User) -> StatementArguments {
        [user.id, User.organization, user.id, user.id + "@%"]
    }
}
