extension ArchiveError {
    /// What a decoder's failure means for the member.
    init(_ failure: DecodeError, of member: ArchiveMember) {
        let raw = "The archive itself can be read as one file."
        switch failure {
        case .damaged(let reason):
            self.init(
                .damaged,
                "The member is damaged: \(reason)",
                member: member.name,
                remedy: "Get the archive anew. \(raw)"
            )
        case .memory:
            self.init(
                .limitExceeded,
                "Unpacking the member by \(member.method.name) takes more memory than the limits allow",
                member: member.name,
                remedy: raw
            )
        case .unsupported(let what):
            self.init(
                .unsupportedMethod,
                "The member is compressed by \(what), which is not known here",
                member: member.name,
                remedy: "\(raw) 7z knows most methods."
            )
        }
    }
}
