/// How long the answer to a request may take.
enum AnswerTime: Sendable, Equatable {
    /// It never waits: nobody needs to be able to interrupt it.
    case atOnce
    /// The mount's deadline for one request.
    case limited
    /// As long as the file system finds right: closing a file may upload gigabytes. Interrupted by a signal to the caller
    /// and by the end of the session like any other.
    case unlimited

    /// What it takes to set an extended attribute: these two wait until everything is at the store.
    static func ofSetting(attribute name: String) -> AnswerTime {
        switch name {
        case "user.datasetfs.sync", "user.datasetfs.drain": .unlimited
        default: .limited
        }
    }
}
