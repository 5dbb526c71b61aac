internal import DatasetHTTP
internal import DatasetModel

/// What the platform's error answers mean.
extension StoreError {
    /// - Parameter title: The call, e.g. `GET entry 5f…`.
    init(edison head: HTTPResponseHead, body: [UInt8], answering title: String) {
        let detail = Edison.Detail(body)
        let (code, remedy) = Self.meaning(of: head.status, detail: detail)
        let said = detail.text.map { ": \($0)" } ?? ""
        self.init(
            code,
            "Edison answered \(head.status) to \(title)\(said)",
            remedy: remedy,
            httpStatus: head.status,
            requestID: Self.requestID(head)
        )
    }

    private static func meaning(of status: Int, detail: Edison.Detail) -> (Code, remedy: String?) {
        switch status {
        case 400, 422: (.invalid, nil)
        case 401: (.unauthenticated, "Check that the API key is valid; a token given ready-made may have expired.")
        case 402, 507: (.quotaExceeded, "Ask the platform's owner for more room, or delete what is not needed.")
        case 403: (.forbidden, "Ask the owner of the entry to share it with this account.")
        case 404 where detail.isRoute || detail.text == nil:
            // Not the platform's word on the thing but a router's or proxy's on the address: nothing was learnt.
            (.unsupported, "Check the address of the platform: what answers there does not know this call.")
        case 404, 410: (.notFound, nil)
        case 405, 501: (.unsupported, "The platform at this address may be older or newer than datasetfs knows.")
        case 408: (.timedOut, "Try again; a larger --deadline gives a slow platform more time.")
        case 409, 412: (.conflict, "Read the entry again: somebody else has changed it.")
        case 413: (.tooLarge, nil)
        case 429: (.throttled, "Wait a little: the platform limits how much one account may ask.")
        case 500...599: (.serverFailure, "Try again later; if it stays so, tell the platform's support the request id.")
        case 400..<500: (.invalid, nil)
        default: (.corrupt, "Check the address of the platform: a web page or proxy may be answering there.")
        }
    }

    /// The id under which the server or what stands before it logged the request.
    static func requestID(_ head: HTTPResponseHead) -> String? {
        let names = [
            "x-request-id", "x-correlation-id", "x-cloud-trace-context", "x-amz-request-id", "x-guploader-uploadid",
            "cf-ray",
        ]
        for name in names {
            if let value = head.header(name), !value.isEmpty { return Edison.Detail.printable(value, limit: 128) }
        }
        return nil
    }

    /// The answer came and cannot be understood.
    init(_ malformed: Edison.Malformed, answering title: String) {
        self.init(
            .corrupt,
            "Edison's answer to \(title) is damaged: \(malformed.reason)",
            remedy: "Try again; check the address of the platform if it stays so."
        )
    }

    /// No answer came.
    init(_ error: HTTPError, during title: String) {
        switch error.code {
        case .unresolvedHost:
            self.init(.unresolved, "\(title): \(error.message)", remedy: "Check the address and the network.")
        case .unreachable:
            self.init(.unreachable, "\(title): \(error.message)", remedy: "Check the network and any proxy settings.")
        case .reset: self.init(.reset, "\(title): \(error.message)")
        case .stalled:
            self.init(.timedOut, "\(title): \(error.message)", remedy: "Try again; the platform is slow to answer.")
        case .untrusted:
            self.init(
                .untrusted,
                "\(title): \(error.message)",
                remedy: "Check the machine's certificates and clock; something may be reading along."
            )
        case .bodyTooLarge: self.init(.corrupt, "Edison's answer to \(title) does not end: \(error.message)")
        case .malformed: self.init(.corrupt, "Edison's answer to \(title) is no HTTP: \(error.message)")
        case .refusedByReceiver: self.init(.localFailure, "\(title) was broken off here")
        case .cancelled(let reason): self.init(reason, during: title)
        case .local: self.init(.localFailure, "\(title): \(error.message)")
        }
    }
}

extension Edison {
    /// The `detail` of an error answer: a sentence, or a list of problems with their places.
    struct Detail {
        /// One line for people; nil when the answer has none.
        let text: String?
        /// The router's own answer for an address it does not know.
        let isRoute: Bool

        init(_ body: [UInt8]) {
            let detail = body.count <= 1 << 20 ? (try? JSON.parse(body))?["detail"] : nil
            switch detail {
            case .string(let sentence):
                isRoute = sentence == "Not Found"
                text = Self.printable(sentence)
            case .array(let problems):
                isRoute = false
                // `input` repeats what was sent, which may be a key: only place and message are told.
                let lines = problems.prefix(3).compactMap { problem -> String? in
                    guard let message = problem["msg"]?.asString else { return problem.asString }
                    let place = problem["loc"]?.asArray?.compactMap { $0.asString ?? $0.asInteger.map(String.init) }
                    return place.map { "\($0.joined(separator: ".")): \(message)" } ?? message
                }
                text = lines.isEmpty ? nil : Self.printable(lines.joined(separator: "; "))
            default:
                isRoute = false
                text = nil
            }
        }

        /// One line without control characters and without the query of any URL in it.
        static func printable(_ text: String, limit: Int = 300) -> String {
            let words = text.prefix(4 * limit).split { $0.isWhitespace || $0.isNewline }.map { word -> Substring in
                guard word.contains("://"), let query = word.firstIndex(of: "?") else { return word }
                return word[..<query] + "?…"
            }
            let line = words.joined(separator: " ")
            let clean = String(
                String.UnicodeScalarView(line.unicodeScalars.filter { $0.properties.generalCategory != .control })
            )
            return clean.count > limit ? clean.prefix(limit) + "…" : clean
        }
    }
}
