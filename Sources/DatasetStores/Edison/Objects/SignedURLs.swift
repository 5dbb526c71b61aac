internal import DatasetModel
internal import DatasetSync
internal import Synchronization

extension Edison {
    /// One object's place in the platform: an entry, its revision where that is known, and which of its locations.
    struct ObjectKey: Hashable, Sendable {
        var entry: String
        var revision: String?
        /// Nil: the only one.
        var place: String?
    }

    /// The signed URLs at hand, and the facts that their objects told.
    final class SignedURLs: Sendable {
        private struct State {
            var urls = Recent<ObjectKey, SignedURL>(capacity: 1024)
            var facts = Recent<ObjectKey, Known>(capacity: 16_384)
        }

        /// What is known of an object.
        struct Known: Sendable {
            var facts: ObjectFacts
            /// It has been another object under the same key before.
            var hasChanged = false
        }

        private let client: Client
        private let time: any TimeSource
        private let state = Mutex(State())
        private let flight = SingleFlight<ObjectKey, SignedURL, StoreError>()

        init(client: Client, time: any TimeSource) {
            self.client = client
            self.time = time
        }

        /// A URL for the object, a fresh one when there is none or only `used`, which no longer works.
        ///
        /// - Throws: `.versionGone` when the platform no longer has that revision of the entry.
        @available(*, noasync, message: "this may wait for the network")
        func url(for key: ObjectKey, insteadOf used: SignedURL? = nil, until cancellation: Cancellation)
            throws(StoreError) -> SignedURL
        {
            if let url = known(key), url != used { return url }
            return try flight.shared(key, until: cancellation, during: "asking for the content of entry \(key.entry)") {
                own throws(StoreError) in
                if let url = known(key), url != used { return url }
                let answer = try revision(key, until: own)
                guard let url = keep(answer, key) else {
                    throw StoreError(
                        .unsupported,
                        "the platform gives no URL for the content of entry \(key.entry)",
                        remedy: "Look at the entry on the platform: its upload may not have been completed."
                    )
                }
                return url
            }
        }

        private func known(_ key: ObjectKey) -> SignedURL? {
            let now = time.now()
            return state.withLock { state in
                guard let url = state.urls.value(key), now < url.refreshAt else { return nil }
                return url
            }
        }

        /// The entry at the key's revision: asked for as such, or as what is current where the platform cannot.
        private func revision(_ key: ObjectKey, until cancellation: Cancellation) throws(StoreError) -> EntryAnswer {
            guard let revision = key.revision else { return try current(key, until: cancellation) }
            do throws(StoreError) {
                let answer = try client.entry(key.entry, revision: revision, until: cancellation)
                if answer.revisionID ?? revision == revision, hasURL(answer, key) { return answer }
            } catch {
                guard error.code == .notFound || error.code == .invalid || error.code == .unsupported else {
                    throw error
                }
            }
            let answer = try current(key, until: cancellation)
            guard answer.shownRevision == revision else { throw Self.gone(key) }
            return answer
        }

        private func current(_ key: ObjectKey, until cancellation: Cancellation) throws(StoreError) -> EntryAnswer {
            do throws(StoreError) {
                return try client.entry(key.entry, until: cancellation)
            } catch {
                guard error.code == .notFound else { throw error }
                var gone = Self.gone(key)
                gone.httpStatus = error.httpStatus
                gone.requestID = error.requestID
                throw gone
            }
        }

        private static func gone(_ key: ObjectKey) -> StoreError {
            StoreError(.versionGone, "the platform no longer has that version of entry \(key.entry)")
        }

        private func location(_ answer: EntryAnswer, _ key: ObjectKey) -> LocationRecord? {
            guard let place = key.place else { return answer.locations.first(where: \.isObject) }
            return answer.index(ofPlace: place).map { answer.locations[$0] }
        }

        private func hasURL(_ answer: EntryAnswer, _ key: ObjectKey) -> Bool {
            location(answer, key)?.signedURL != nil
        }

        /// Keeps the URL that an answer about the entry brought along.
        @discardableResult
        func keep(_ answer: EntryAnswer, _ key: ObjectKey) -> SignedURL? {
            let wall = Int(time.wallNanoseconds() / 1_000_000_000)
            guard let text = location(answer, key)?.signedURL,
                let url = SignedURL(text, base: client.base, now: time.now(), wall: wall)
            else { return nil }
            state.withLock { $0.urls.set(url, for: key) }
            return url
        }

        /// Forgets what is known of an entry's object where no revision names it: it may be another now.
        func forget(_ entry: String) {
            let key = ObjectKey(entry: entry, revision: nil, place: nil)
            state.withLock { state in
                state.urls.remove(key)
                state.facts.remove(key)
            }
        }

        func facts(of key: ObjectKey) -> Known? { state.withLock { $0.facts.value(key) } }

        /// Takes down what an object told of itself.
        ///
        /// - Returns: False when it is not the object that was known under this key.
        @discardableResult
        func learn(_ facts: ObjectFacts, of key: ObjectKey) -> Bool {
            state.withLock { state in
                guard let before = state.facts.value(key) else {
                    state.facts.set(Known(facts: facts), for: key)
                    return true
                }
                let agrees = before.facts.agrees(with: facts)
                var merged = facts
                if agrees {
                    merged.digests.md5 = facts.digests.md5 ?? before.facts.digests.md5
                    merged.digests.crc32c = facts.digests.crc32c ?? before.facts.digests.crc32c
                    merged.digests.etag = facts.digests.etag ?? before.facts.digests.etag
                }
                state.facts.set(Known(facts: merged, hasChanged: before.hasChanged || !agrees), for: key)
                return agrees
            }
        }
    }
}
