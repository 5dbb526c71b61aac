package import DatasetSync

/// Why a store could not do what was asked: a closed set of codes, a sentence, and what is known of the exchange.
package struct StoreError: Error, Sendable, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        /// The store itself said that there is no such thing.
        case notFound
        /// The credentials were refused, also after one refresh (401), or none were given.
        case unauthenticated
        /// The store knows who asks and says no (403).
        case forbidden
        /// The version asked for is no longer kept, or the content changed while it was read.
        case versionGone
        /// Somebody else changed it first (409, 412).
        case conflict
        /// The store refused the request as malformed (400, 422).
        case invalid
        /// No room left for this account (507 or the store's own quota error).
        case quotaExceeded
        /// The content is larger than the store takes (413).
        case tooLarge
        /// Too many requests, still so after the retries (429).
        case throttled
        /// The store failed (5xx), still so after the retries.
        case serverFailure
        /// The host name could not be resolved.
        case unresolved
        /// Nobody answers at that address.
        case unreachable
        /// The connection broke.
        case reset
        /// No answer within the deadline.
        case timedOut
        /// The store is known to be unreachable; it was not asked.
        case offline
        /// The server's certificate could not be verified.
        case untrusted
        /// Length, digest or form of what came disagrees with what was declared.
        case corrupt
        /// This store, or this thing in it, cannot be changed.
        case readOnly
        /// The store has no such operation.
        case unsupported
        /// The caller gave up.
        case interrupted
        /// The local disk or memory failed on the way.
        case localFailure
    }

    package var code: Code
    /// One sentence that names the thing; no secrets, no signed URLs.
    package var message: String
    /// What the person can do about it, one sentence.
    package var remedy: String?
    package var httpStatus: Int?
    /// The server's own id of the request, where it gives one.
    package var requestID: String?

    package init(
        _ code: Code,
        _ message: String,
        remedy: String? = nil,
        httpStatus: Int? = nil,
        requestID: String? = nil
    ) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.httpStatus = httpStatus
        self.requestID = requestID
    }

    /// The error of an operation that its own cancellation ended.
    package init(_ reason: CancellationReason, during operation: String) {
        switch reason {
        case .interrupted:
            self.init(.interrupted, "\(operation) was interrupted")
        case .deadline:
            self.init(
                .timedOut,
                "\(operation) did not finish in time",
                remedy: "Try again; a larger --deadline gives a slow store more time."
            )
        }
    }
}

extension StoreError.Code {
    /// Nothing was learnt about the thing itself: the way to the store is broken, not the thing.
    package var isConnectivity: Bool {
        switch self {
        case .unresolved, .unreachable, .reset, .timedOut, .offline, .serverFailure, .throttled: true
        case .notFound, .unauthenticated, .forbidden, .versionGone, .conflict, .invalid, .quotaExceeded, .tooLarge,
            .untrusted, .corrupt, .readOnly, .unsupported, .interrupted, .localFailure:
            false
        }
    }
}
