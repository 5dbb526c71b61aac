internal import DatasetHTTP
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

extension Edison {
    /// Brings a content to a pending entry in parts, several at a time, each checked by its MD5 on arrival.
    ///
    /// What has arrived is noted, so that no later try sends it again. The URLs of the parts end some time: then all
    /// begins anew on the same entry, since the platform gives no fresh ones for an upload under way.
    struct MultipartUpload: Sendable {
        let client: Client
        let crew: Crew
        let record: UploadRecord
        let time: any TimeSource
        let cancellation: Cancellation

        /// Uploads begun in one call; each but the first because URLs had ended or the platform forgot the upload.
        private static let beginnings = 4
        /// A note is written again after so many bytes of content for each byte of it: with very many parts it is long.
        private static let contentPerNote = 64
        /// The object store answers a part only when it has stored it.
        private static let stallLimit = Duration.seconds(120)

        /// - Throws: `.unsupported` where the platform has no such uploads.
        @available(*, noasync, message: "this waits for the network")
        func send(_ payload: Payload, to entry: String) throws(StoreError) {
            for beginning in 1... {
                if record.note.multipart?.etags.count != payload.plan.count {
                    let begun = try client.initiateUpload(of: entry, hashes: payload.hashes, until: cancellation)
                    try record.update { note in
                        note.multipart = UploadNote.Multipart(
                            id: begun.id,
                            urls: begun.urls,
                            etags: Array(repeating: "", count: payload.plan.count)
                        )
                    }
                }
                do throws(UploadStop) {
                    try sendParts(payload)
                    try complete(entry, payload)
                    return
                } catch {
                    switch error {
                    case .failed(let failure): throw failure
                    case .ended(let failure):
                        try record.update { $0.multipart = nil }
                        if beginning >= Self.beginnings { throw failure }
                    }
                }
            }
        }

        // MARK: - Parts

        private struct Progress {
            var bytes: UInt64 = 0
            var sinceNote: UInt64 = 0
            var stop: UploadStop?
        }

        private func sendParts(_ payload: Payload) throws(UploadStop) {
            let plan = payload.plan
            let upload = record.note.multipart
            let etags = upload?.etags ?? []
            let missing = etags.indices.filter { etags[$0].isEmpty }
            let stored = etags.indices.filter { !etags[$0].isEmpty }
            let done = stored.reduce(UInt64(0)) { $0 + UInt64(plan.range(of: $1).count) }
            record.progress(done)
            let noteEvery = UInt64(record.note.text.utf8.count * Self.contentPerNote)
            let shared = Shared(done)
            do throws(StoreError) {
                _ = try crew.map(missing, until: cancellation) { index in
                    guard shared.progress.withLock({ $0.stop == nil }) else { return }
                    do throws(UploadStop) {
                        let part = plan.range(of: index)
                        let etag = try sendPart(payload.content, part, upload?.urls[index] ?? "", payload.hashes[index])
                        let isNoteDue = shared.progress.withLock { state in
                            state.bytes += UInt64(part.count)
                            state.sinceNote += UInt64(part.count)
                            record.progress(state.bytes)
                            guard state.sinceNote >= noteEvery else { return false }
                            state.sinceNote = 0
                            return true
                        }
                        record.keep(etag, at: index)
                        if isNoteDue { try note() }
                    } catch {
                        shared.progress.withLock { $0.stop = $0.stop ?? error }
                    }
                }
            } catch {
                throw .failed(error)
            }
            try note()
            if let stop = shared.progress.withLock({ $0.stop }) { throw stop }
        }

        /// Lets several threads see one progress.
        private final class Shared: Sendable {
            let progress: Mutex<Progress>

            init(_ bytes: UInt64) {
                progress = Mutex(Progress(bytes: bytes))
            }
        }

        private func note() throws(UploadStop) {
            do throws(StoreError) {
                try record.update { _ in }
            } catch {
                throw .failed(error)
            }
        }

        /// `PUT` of one part, repeated by the transport as often as the time allows.
        private func sendPart(_ content: any StagedContent, _ range: Range<UInt64>, _ text: String, _ hash: String)
            throws(UploadStop) -> String
        {
            let title = "uploading a part"
            let wall = Int(time.wallNanoseconds() / 1_000_000_000)
            guard let url = SignedURL(text, base: client.base, now: time.now(), wall: wall) else {
                throw .failed(StoreError(.corrupt, "the platform gave no usable URL for a part of an upload"))
            }
            var request = HTTPRequest(
                .put,
                url.url.value,
                headers: [HTTPHeader("Content-MD5", hash)],
                isSecretURL: true,
                stallLimit: Self.stallLimit
            )
            let source = PartSource(content, range)
            if range.isEmpty { request.body = [] } else { request.source = source }
            let head: HTTPResponseHead
            do throws(HTTPError) {
                head = try client.transport.send(request, until: cancellation).head
            } catch {
                throw .failed(source.failure ?? StoreError(error, during: title))
            }
            guard head.isSuccess else { throw Self.refusal(head, title) }
            guard let etag = head.header("ETag"), !etag.isEmpty else {
                throw .failed(StoreError(.corrupt, "the object store gave a part no ETag"))
            }
            return etag
        }

        private static func refusal(_ head: HTTPResponseHead, _ title: String) -> UploadStop {
            let error = StoreError(objectStore: head, during: title)
            switch head.status {
            // URLs have ended, or the upload is not known any more.
            case 400, 401, 403, 404, 409, 410, 412: return .ended(error)
            default: return .failed(error)
            }
        }

        // MARK: - Completion

        private func complete(_ entry: String, _ payload: Payload) throws(UploadStop) {
            guard let upload = record.note.multipart else { return }
            do throws(StoreError) {
                try client.completeUpload(
                    upload.id,
                    of: entry,
                    etags: upload.etags,
                    hashes: payload.hashes,
                    until: cancellation
                )
            } catch {
                guard error.code == .invalid || error.code == .notFound || error.code == .conflict else {
                    throw .failed(error)
                }
                // The answer to an earlier one may have been lost: what counts is whether the object is there.
                if try !isThere(entry, payload.plan.size) { throw .ended(error) }
            }
        }

        private func isThere(_ entry: String, _ size: UInt64) throws(UploadStop) -> Bool {
            do throws(StoreError) {
                let urls = SignedURLs(client: client, time: time)
                let key = ObjectKey(entry: entry, revision: nil, place: nil)
                let probe = ObjectProbe(transport: client.transport, urls: urls)
                return try probe.facts(of: key, until: cancellation).total == size
            } catch {
                if error.code.isConnectivity || error.code == .interrupted { throw .failed(error) }
                return false
            }
        }
    }
}

extension Edison.UploadRecord {
    /// The part is stored; written down with the next note.
    func keep(_ etag: String, at index: Int) {
        change { $0.multipart?.etags[index] = etag }
    }
}
