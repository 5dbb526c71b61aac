internal import DatasetModel
internal import DatasetSync

extension Edison {
    /// Finds what belongs to the account, which the search does not know how to say.
    struct OwnEntries: Sendable {
        let enumeration: Enumeration
        let roots: RootMemory

        struct Found: Sendable {
            var records: [EntryRecord]
            /// What is to be said about them; nil when they are known to be right.
            var note: String?
            /// Something was left out because it cannot be read.
            var isDamaged = false
        }

        static let unknownUser =
            "the account's user id could not be learnt: shared entries of others may be among these (option: user)"
        static let incomplete = "the search shows no more than a part: name further datasets in the configuration"

        private var options: Options { enumeration.options }
        private var client: Client { enumeration.client }

        @available(*, noasync, message: "this waits for the network")
        func all(until cancellation: Cancellation) throws(StoreError) -> Found {
            guard options.projects.isEmpty else { return try inProjects(until: cancellation) }
            if options.includesShared { return found(try everything(until: cancellation), user: nil, note: nil) }
            if let user = roots.user { return try belonging(to: user, until: cancellation) }

            // The token's claims name the user in one of a few ways; which is right shows when entries bear it.
            let candidates = try claims(until: cancellation)
            for candidate in candidates.prefix(2) {
                if let hits = try attempt([.equals("user_id", candidate)], until: cancellation), !hits.records.isEmpty,
                    hits.records.contains(where: { $0.owner == candidate })
                {
                    roots.user = candidate
                    return found(hits, user: candidate, note: nil)
                }
            }
            let hits = try everything(until: cancellation)
            var user = candidates.first { candidate in hits.records.contains { $0.owner == candidate } }
            if user == nil { user = try ownerOfPrivateEntries(until: cancellation) }
            roots.user = user
            return found(hits, user: user, note: user == nil && !hits.records.isEmpty ? Self.unknownUser : nil)
        }

        private func claims(until cancellation: Cancellation) throws(StoreError) -> [String] {
            TokenClaims(try client.session.token(until: cancellation).value.value)?.users ?? []
        }

        private func inProjects(until cancellation: Cancellation) throws(StoreError) -> Found {
            var all = Enumeration.Hits()
            for project in options.projects {
                let hits = try enumeration.hits([.equals("project_id", project)], until: cancellation)
                all.records += hits.records
                all.damaged.formUnion(hits.damaged)
                all.isComplete = all.isComplete && hits.isComplete
            }
            return found(all, user: nil, note: nil)
        }

        private func belonging(to user: String, until cancellation: Cancellation) throws(StoreError) -> Found {
            if let hits = try attempt([.equals("user_id", user)], until: cancellation), !hits.records.isEmpty {
                return found(hits, user: user, note: nil)
            }
            return found(try everything(until: cancellation), user: user, note: nil)
        }

        /// Nobody documents what no criteria mean: all, nothing, or a mistake.
        private func everything(until cancellation: Cancellation) throws(StoreError) -> Enumeration.Hits {
            if let hits = try attempt([], until: cancellation), !hits.records.isEmpty { return hits }
            return try enumeration.hits([.equals("status", "active")], until: cancellation)
        }

        /// - Returns: Nil when the platform refuses the criteria.
        private func attempt(_ criteria: [Criterion], until cancellation: Cancellation)
            throws(StoreError) -> Enumeration.Hits?
        {
            do throws(StoreError) {
                return try enumeration.hits(criteria, until: cancellation)
            } catch {
                guard error.code == .invalid else { throw error }
                return nil
            }
        }

        /// A private entry is seen by its owner alone, so its owner is this account, if all of them agree.
        private func ownerOfPrivateEntries(until cancellation: Cancellation) throws(StoreError) -> String? {
            let hits: SearchPage
            do throws(StoreError) {
                hits = try client.search(
                    [.equals("share_status", "private")],
                    limit: 100,
                    offset: 0,
                    until: cancellation
                )
            } catch {
                guard error.code == .invalid else { throw error }
                return nil
            }
            let owners = Set(hits.records.filter { $0.share == "private" }.compactMap(\.owner))
            return owners.count == 1 ? owners.first : nil
        }

        private func found(_ hits: Enumeration.Hits, user: String?, note: String?) -> Found {
            let records = user.map { user in hits.records.filter { $0.owner ?? user == user } } ?? hits.records
            let notes = [
                note ?? (hits.isComplete ? nil : Self.incomplete), Tree.note(leftOut: hits.damaged.count),
            ]
            let text = notes.compactMap { $0 }.joined(separator: "; ")
            return Found(records: records, note: text.isEmpty ? nil : text, isDamaged: !hits.damaged.isEmpty)
        }
    }
}
