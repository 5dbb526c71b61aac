/// Who may use a mount besides the one who made it; permissions of files apply on top.
package enum MountAudience: String, Sendable, CaseIterable {
    case owner
    case ownerAndRoot
    case everyone
}

/// What a mount is made with.
package struct MountOptions: Sendable, Equatable {
    /// What `findmnt` shows as the source: the store's address, without secrets.
    package var source: String
    package var audience: MountAudience
    /// The kernel itself refuses every change.
    package var isReadOnly: Bool
    /// Nothing on the mount can be run as a program.
    package var forbidsExecution: Bool
    /// A directory that holds something may be covered.
    package var allowsNonEmpty: Bool
    /// Bytes of the largest read the kernel asks for, nil for all that was agreed.
    package var maximumRead: UInt32?
    /// How long one request may take.
    package var deadline: Duration
    /// KiB that the kernel reads ahead of a sequential reader; only root can set it.
    package var readAhead: Int

    package init(
        source: String,
        audience: MountAudience = .owner,
        isReadOnly: Bool = false,
        forbidsExecution: Bool = false,
        allowsNonEmpty: Bool = false,
        maximumRead: UInt32? = nil,
        deadline: Duration = .seconds(60),
        readAhead: Int = 1024
    ) {
        self.source = source
        self.audience = audience
        self.isReadOnly = isReadOnly
        self.forbidsExecution = forbidsExecution
        self.allowsNonEmpty = allowsNonEmpty
        self.maximumRead = maximumRead
        self.deadline = deadline
        self.readAhead = readAhead
    }

    /// The type behind `fuse.`: `findmnt -t fuse.datasetfs` lists the mounts.
    package static let subtype = "datasetfs"

    /// Says which option cannot be honoured.
    ///
    /// - Throws: ``MountError/badOption(_:)``.
    package func validate() throws(MountError) {
        guard !source.isEmpty, source.utf8.count <= 1024 else {
            throw .badOption("The mount's source must be 1 to 1024 bytes long; it has \(source.utf8.count).")
        }
        guard source.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw .badOption("The mount's source must not hold control characters.")
        }
        if let maximumRead, !(4096...(1 << 20)).contains(maximumRead) {
            throw .badOption("The largest read must lie between 4096 bytes and 1 MiB; \(maximumRead) was asked for.")
        }
        guard deadline > .zero else { throw .badOption("The deadline of a request must be longer than nothing.") }
        guard (4...65_536).contains(readAhead) else {
            throw .badOption("The read-ahead must lie between 4 KiB and 64 MiB; \(readAhead) KiB were asked for.")
        }
    }

    /// The finished argument vector for libfuse; nothing in it is left for libfuse to guess.
    var arguments: [String] {
        var options = [
            "fsname=\(Self.escaped(source))", "subtype=\(Self.subtype)",
            // The kernel checks permissions, so that `access` and every component of a path need not be asked.
            "default_permissions", "nosuid", "nodev", "noatime",
        ]
        if isReadOnly { options.append("ro") }
        if forbidsExecution { options.append("noexec") }
        if let maximumRead { options.append("max_read=\(maximumRead)") }
        switch audience {
        case .owner: break
        case .ownerAndRoot: options.append("allow_root")
        case .everyone: options.append("allow_other")
        }
        return [Self.subtype, "-o", options.joined(separator: ",")]
    }

    /// A value as libfuse's option parser takes it: a comma ends an option and a backslash escapes.
    private static func escaped(_ value: String) -> String {
        var result = ""
        for character in value.unicodeScalars {
            if character == "," || character == "\\" { result.append("\\") }
            result.unicodeScalars.append(character)
        }
        return result
    }
}
