package import DatasetModel

/// What `setattr` asks for: truncate(2), chmod(2), chown(2), utimensat(2). Nil leaves a field as it is.
package struct StatusChange: Sendable, Equatable {
    package enum Moment: Sendable, Equatable {
        case now
        case at(Timestamp)
    }

    /// Bytes: what is longer is cut, what is shorter grows by zeros.
    package var size: UInt64?
    /// Permission bits, without the type.
    package var permissions: UInt32?
    package var owner: UInt32?
    package var group: UInt32?
    package var accessed: Moment?
    package var modified: Moment?

    package init() {}
}

/// renameat2(2): what is to become of a target that exists.
package enum RenameRule: Sendable, Equatable {
    case replaces
    /// RENAME_NOREPLACE: EEXIST.
    case mustBeFree
    /// RENAME_EXCHANGE: both change places.
    case exchanges
}

/// fallocate(2), its modes that files here know.
package enum Allocation: Sendable, Equatable {
    /// Mode 0: the file grows to the range's end.
    case grows
    /// FALLOC_FL_KEEP_SIZE: room only.
    case keepsSize
    /// FALLOC_FL_PUNCH_HOLE | KEEP_SIZE: the range reads as zeros.
    case punchesHole
    /// FALLOC_FL_ZERO_RANGE; with KEEP_SIZE or without.
    case zeroes(keepsSize: Bool)
}

/// lseek(2): what is looked for.
package enum SeekTarget: Sendable, Equatable {
    case data
    case hole
}
