internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync

/// One line of `.datasetfs/queue`: something that the store does not have yet.
package struct QueueLine: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable {
        case queued, uploading, error
    }

    package enum Action: String, Codable, Sendable {
        case create, replace, describe, remove
    }

    package enum Kind: String, Codable, Sendable {
        case file, directory, link
    }

    /// Stays the same as long as the thing is waiting, whatever is written to it meanwhile.
    package var id: Int64
    /// Below the mount point; `/…/` and the name where nobody remembers the directory's.
    package var path: String
    package var kind: Kind
    package var action: Action
    package var state: State
    /// Refused: not tried again until somebody says so (`datasetfs retry`).
    package var parked: Bool
    /// Bytes of the content, and how many of them the store has.
    package var bytes: UInt64
    package var sent: UInt64
    /// Bytes a second, and seconds to go; nil before there is anything to tell.
    package var rate: Double?
    package var eta: Double?
    package var tries: Int
    /// Why the last try failed.
    package var error: String?
    package var remedy: String?
    /// When it was written, RFC 3339; nil where nobody wrote that down.
    package var since: String?

    /// Where something is of which only the name is known.
    package static let somewhere = "/…/"

    init(_ change: Change, _ entry: PublishQueue.Entry?, path: String, now: MonotonicTime) {
        id = change.id.rawValue
        self.path = path
        kind =
            switch change.kind {
            case .file: .file
            case .directory: .directory
            case .link: .link
            }
        action =
            change.isRemoval
            ? .remove
            : change.location.pendingID != nil ? .create : change.content == nil ? .describe : .replace
        state = State(change, entry)
        parked = entry.map { $0.phase == .parked } ?? (change.failure?.isFinal == true)
        bytes = change.isRemoval ? 0 : change.size
        sent = entry?.phase == .running ? entry?.bytesSent ?? 0 : 0
        tries = max(change.tries, entry?.tries ?? 0)
        error = entry?.failure?.message ?? change.failure?.message
        remedy = entry?.failure?.remedy ?? change.failure?.remedy
        since = change.modified.nanoseconds == 0 ? nil : change.modified.rfc3339
        if let entry, entry.phase == .running, sent > 0, let start = entry.startedAt {
            let seconds = (now - start).inSeconds
            guard seconds > 0 else { return }
            let rate = Double(sent) / seconds
            self.rate = rate
            eta = rate > 0 ? Double(bytes - min(sent, bytes)) / rate : nil
        }
    }
}

extension QueueLine.State {
    init(_ change: Change, _ entry: PublishQueue.Entry?) {
        if entry?.phase == .running {
            self = .uploading
        } else if entry?.failure != nil || change.failure != nil {
            self = .error
        } else {
            self = .queued
        }
    }

    var attribute: AttributePolicy.State {
        switch self {
        case .queued: .queued
        case .uploading: .uploading
        case .error: .error
        }
    }
}

extension VirtualFileSystem {
    /// What the store does not have yet, in the order it was made. What is missing here is shown by the tree as the store
    /// has it: no settlement is under way while it is looked at.
    package var queue: [QueueLine] {
        guard let side = writing else { return [] }
        let now = time.now()
        let rows = catalog.merging.withLock { _ in side.changes.all }
        return rows.filter { $0.isDurable && $0.change.scope == .published }.map { row in
            QueueLine(
                row.change,
                side.publisher.entry(of: row.change.id),
                path: catalog.path(of: row.change),
                now: now
            )
        }
    }
}
