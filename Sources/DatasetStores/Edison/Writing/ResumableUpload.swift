internal import DatasetHTTP
internal import DatasetModel
internal import DatasetSync

extension Edison {
    /// Brings a content to a pending entry by a resumable session, as platforms do it that know no multipart upload.
    ///
    /// One chunk after the other; after a break the session itself says how far it is.
    struct ResumableUpload: Sendable {
        let client: Client
        let record: UploadRecord
        let time: any TimeSource
        let cancellation: Cancellation

        /// A multiple of 256 KiB, as every chunk but the last must be.
        static let chunkSize: UInt64 = 8 << 20
        private static let title = "uploading to a resumable session"
        /// Attempts in a row that may bring no byte.
        private static let patience = 3

        @available(*, noasync, message: "this waits for the network")
        func send(_ content: any StagedContent) throws(UploadStop) {
            var position = try resume(content.size)
            var failures = 0
            while let offset = position {
                record.progress(offset)
                let next = try sendChunk(content, from: offset)
                failures = next.map { $0 > offset } ?? true ? 0 : failures + 1
                if failures >= Self.patience {
                    throw .failed(StoreError(.serverFailure, "\(Self.title): the object store takes no more bytes"))
                }
                position = next
            }
            record.progress(content.size)
        }

        /// The offset to go on at, nil when all is there; begins a session where there is none.
        private func resume(_ size: UInt64) throws(UploadStop) -> UInt64? {
            if record.note.session != nil {
                do throws(UploadStop) {
                    return try ask(size)
                } catch {
                    guard case .ended = error else { throw error }
                    try update { $0.session = nil }
                }
            }
            try begin()
            return size == 0 ? try ask(0) : 0
        }

        /// `POST` of the upload URL with `x-goog-resumable: start`; the session stands in `Location`.
        private func begin() throws(UploadStop) {
            guard let text = record.note.uploadURL else {
                throw .ended(StoreError(.unsupported, "the platform gave no URL to upload to"))
            }
            let head = try exchange(
                .post,
                text,
                [
                    HTTPHeader("x-goog-resumable", "start"), HTTPHeader("Content-Type", "application/octet-stream"),
                ],
                source: nil
            )
            guard head.isSuccess, let session = head.header("Location") else { throw refusal(head) }
            try update { $0.session = session }
        }

        /// `PUT` with `Content-Range: bytes */total`
        private func ask(_ size: UInt64) throws(UploadStop) -> UInt64? {
            try position(exchange(.put, session, [HTTPHeader("Content-Range", "bytes */\(size)")], source: nil))
        }

        private func sendChunk(_ content: any StagedContent, from offset: UInt64) throws(UploadStop) -> UInt64? {
            let end = min(offset + Self.chunkSize, content.size)
            let source = PartSource(content, offset..<end)
            let range = HTTPHeader("Content-Range", "bytes \(offset)-\(end - 1)/\(content.size)")
            do throws(UploadStop) {
                return try position(exchange(.put, session, [range], source: source))
            } catch {
                if let failure = source.failure { throw .failed(failure) }
                guard case .failed(let failure) = error, failure.code == .reset || failure.code == .timedOut,
                    cancellation.reason == nil
                else { throw error }
                return try ask(content.size)
            }
        }

        private var session: String { record.note.session ?? "" }

        /// What a 308 says is stored; nil when the object is complete.
        private func position(_ head: HTTPResponseHead) throws(UploadStop) -> UInt64? {
            if head.isSuccess { return nil }
            guard head.status == 308 else { throw refusal(head) }
            guard let range = head.header("Range") else { return 0 }
            guard let last = range.split(separator: "-").last.flatMap({ UInt64($0) }) else {
                throw .failed(StoreError(.corrupt, "\(Self.title): the object store names no range"))
            }
            return last + 1
        }

        private func exchange(
            _ method: HTTPRequest.Method,
            _ text: String,
            _ headers: [HTTPHeader],
            source: PartSource?
        ) throws(UploadStop) -> HTTPResponseHead {
            let wall = Int(time.wallNanoseconds() / 1_000_000_000)
            guard let url = SignedURL(text, base: client.base, now: time.now(), wall: wall) else {
                throw .failed(StoreError(.corrupt, "\(Self.title): the platform gave no usable URL"))
            }
            var request = HTTPRequest(
                method,
                url.url.value,
                headers: headers,
                isIdempotent: true,
                isSecretURL: true,
                stallLimit: .seconds(120)
            )
            if let source { request.source = source } else { request.body = [] }
            do throws(HTTPError) {
                return try client.transport.send(request, until: cancellation).head
            } catch {
                throw .failed(source?.failure ?? StoreError(error, during: Self.title))
            }
        }

        private func refusal(_ head: HTTPResponseHead) -> UploadStop {
            let error = StoreError(objectStore: head, during: Self.title)
            return (400..<500).contains(head.status) && ![408, 413, 429].contains(head.status)
                ? .ended(error) : .failed(error)
        }

        private func update(_ change: (inout UploadNote) -> Void) throws(UploadStop) {
            do throws(StoreError) {
                try record.update(change)
            } catch {
                throw .failed(error)
            }
        }
    }

    /// Why an upload stopped before its end.
    enum UploadStop: Error {
        /// It cannot be gone on with; another may.
        case ended(StoreError)
        case failed(StoreError)
    }
}

extension StoreError {
    /// What an object store's refusal of a part of an upload means.
    init(objectStore head: HTTPResponseHead, during title: String) {
        let (code, remedy): (Code, String?) =
            switch head.status {
            case 401, 403: (.forbidden, "Check this machine's clock; the URLs for uploads may end too soon.")
            case 408: (.timedOut, nil)
            case 413: (.tooLarge, nil)
            case 429: (.throttled, "Wait a little: the object store limits how much may be sent.")
            case 507: (.quotaExceeded, "Ask the platform's owner for more room, or delete what is not needed.")
            case 500...599: (.serverFailure, "Try again later.")
            default: (.invalid, nil)
            }
        self.init(
            code,
            "\(title): the object store answered \(head.status)",
            remedy: remedy,
            httpStatus: head.status,
            requestID: Self.requestID(head)
        )
    }
}
