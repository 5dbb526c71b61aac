internal import DatasetVFS
internal import Glibc

/// What `setxattr(2)` demands of the state before: XATTR_CREATE or XATTR_REPLACE.
enum AttributeRule: Sendable, Equatable {
    case mustBeNew
    case mustExist

    /// Nil when both will do.
    init?(flags: Int32) {
        // linux/xattr.h: XATTR_CREATE 1, XATTR_REPLACE 2.
        switch flags & 3 {
        case 1: self = .mustBeNew
        case 2: self = .mustExist
        default: return nil
        }
    }

    /// - Throws: EEXIST, ENODATA.
    func check(exists: Bool) throws(VFSError) {
        switch (self, exists) {
        case (.mustBeNew, true): throw VFSError(errno: EEXIST)
        case (.mustExist, false): throw .noData
        case (.mustBeNew, false), (.mustExist, true): return
        }
    }
}
