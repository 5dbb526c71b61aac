internal import CFUSE
internal import DatasetVFS
internal import Glibc

/// Packs names into the bytes of one READDIR or READDIRPLUS reply, until one does not fit.
///
/// Lives within one request: the memory is its thread's reply buffer.
@safe struct DirectoryBuffer: ~Copyable {
    private let memory: UnsafeMutableRawBufferPointer
    private(set) var used = 0

    init(_ memory: UnsafeMutableRawBufferPointer) {
        unsafe self.memory = memory
    }

    /// Adds a name with its number and kind.
    ///
    /// - Returns: False when it does not fit; nothing was added.
    mutating func add(_ item: DirectoryItem) -> Bool {
        var status = stat(item)
        return unsafe append { place, room in
            unsafe fuse_add_direntry(nil, place, room, item.name, &status, off_t(Int64(bitPattern: item.offset)))
        }
    }

    /// Adds a name with all that is known of its file; nil adds the bare name, from which the kernel makes no inode.
    ///
    /// - Returns: False when it does not fit; nothing was added.
    mutating func add(_ item: DirectoryItem, _ entry: Entry?) -> Bool {
        var parameter = fuse_entry_param()
        if let entry {
            parameter = fuse_entry_param(entry)
        } else {
            parameter.attr = stat(item)
        }
        return unsafe append { place, room in
            unsafe fuse_add_direntry_plus(
                nil,
                place,
                room,
                item.name,
                &parameter,
                off_t(Int64(bitPattern: item.offset))
            )
        }
    }

    var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: memory[..<used])
    }

    /// libfuse answers the length that the entry needs and writes it only when there is room.
    private mutating func append(_ write: (UnsafeMutablePointer<CChar>?, Int) -> Int) -> Bool {
        let room = unsafe memory.count - used
        let place = unsafe memory.baseAddress?.advanced(by: used).assumingMemoryBound(to: CChar.self)
        let needed = unsafe write(place, room)
        guard needed <= room else { return false }
        used += needed
        return true
    }
}
