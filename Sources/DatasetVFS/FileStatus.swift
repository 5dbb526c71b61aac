package import DatasetModel

package enum FileKind: Sendable, Hashable {
    case directory
    case regular
    case symbolicLink
}

/// What `stat(2)` shows.
package struct FileStatus: Sendable, Equatable {
    package var inode: Inode
    package var kind: FileKind
    /// Bytes; of a symbolic link the length of its target.
    package var size: UInt64
    /// Permission bits, without the type.
    package var permissions: UInt32
    package var links: UInt32
    package var owner: UInt32
    package var group: UInt32
    package var accessed: Timestamp
    package var modified: Timestamp
    package var changed: Timestamp

    /// 512-byte units, what `du` adds up: the whole content, wherever it lies.
    package var blocks: UInt64 { size / 512 + (size % 512 == 0 ? 0 : 1) }

    package init(
        inode: Inode,
        kind: FileKind,
        size: UInt64,
        permissions: UInt32,
        links: UInt32,
        owner: UInt32,
        group: UInt32,
        accessed: Timestamp,
        modified: Timestamp,
        changed: Timestamp
    ) {
        self.inode = inode
        self.kind = kind
        self.size = size
        self.permissions = permissions
        self.links = links
        self.owner = owner
        self.group = group
        self.accessed = accessed
        self.modified = modified
        self.changed = changed
    }
}

/// A name's answer: the file behind it and how long the kernel may believe it.
package struct Entry: Sendable, Equatable {
    package var status: FileStatus
    /// How long name and attributes hold without asking again.
    package var lifetime: Duration

    package init(status: FileStatus, lifetime: Duration) {
        self.status = status
        self.lifetime = lifetime
    }
}

package enum LookupAnswer: Sendable, Equatable {
    case found(Entry)
    /// There is no such name, and the kernel may say so itself for a while.
    case absent(lifetime: Duration)
}

/// One name of a directory. `offset` is where a later read goes on behind it; it stays valid whatever changes.
package struct DirectoryItem: Sendable, Equatable {
    package var inode: Inode
    package var kind: FileKind
    package var name: String
    package var offset: UInt64

    package init(inode: Inode, kind: FileKind, name: String, offset: UInt64) {
        self.inode = inode
        self.kind = kind
        self.name = name
        self.offset = offset
    }
}

/// What `statfs(2)` shows; answered without asking any store.
package struct FileSystemStatistics: Sendable, Equatable {
    /// Bytes.
    package var blockSize: UInt64
    package var blocks: UInt64
    package var freeBlocks: UInt64
    package var files: UInt64
    package var freeFiles: UInt64
    /// Bytes of one name.
    package var nameLimit: UInt64

    package init(
        blockSize: UInt64,
        blocks: UInt64,
        freeBlocks: UInt64,
        files: UInt64,
        freeFiles: UInt64,
        nameLimit: UInt64
    ) {
        self.blockSize = blockSize
        self.blocks = blocks
        self.freeBlocks = freeBlocks
        self.files = files
        self.freeFiles = freeFiles
        self.nameLimit = nameLimit
    }
}
