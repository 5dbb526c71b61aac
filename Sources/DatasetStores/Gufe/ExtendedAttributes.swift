internal import Glibc

extension Gufe {
    /// The extended attributes of one file or directory (xattr(7)); no link is followed.
    struct ExtendedAttributes {
        /// Through the directory's descriptor: the calls that take one and a name (Linux 6.13) are too new.
        private let path: [CChar]

        /// - Parameter directory: Stays open for as long as this is used.
        init(of name: [UInt8], in directory: borrowing Descriptor) {
            path = cString(Array("/proc/self/fd/\(directory.raw)/".utf8) + name)
        }

        /// Whether the file system has such a thing at all.
        var areKept: Bool {
            guard let lgetxattr = unsafe Libc.lgetxattr else { return false }
            do throws(SystemError) {
                _ = try systemCall { unsafe lgetxattr(path, "user.description", nil, 0) }
                return true
            } catch {
                return error.number == ENODATA
            }
        }

        /// - Returns: Nil where there is none of that name, and where the file system keeps none at all.
        func value(_ name: String) throws(SystemError) -> [UInt8]? {
            guard let lgetxattr = unsafe Libc.lgetxattr else { return nil }
            var buffer = [UInt8](repeating: 0, count: 256)
            while true {
                do throws(SystemError) {
                    let count = try systemCall { unsafe lgetxattr(path, name, &buffer, buffer.count) }
                    return Array(buffer.prefix(count))
                } catch {
                    switch error.number {
                    case ENODATA, EOPNOTSUPP: return nil
                    // XATTR_SIZE_MAX of linux/limits.h: no value is longer.
                    case ERANGE where buffer.count < 65536: buffer = [UInt8](repeating: 0, count: 65536)
                    default: throw error
                    }
                }
            }
        }

        /// - Parameter value: Nil takes it away; then it is no error that there is none.
        func set(_ name: String, to value: [UInt8]?) throws(SystemError) {
            guard let value else { return try remove(name) }
            guard let lsetxattr = unsafe Libc.lsetxattr else { throw SystemError(number: EOPNOTSUPP) }
            do throws(SystemError) {
                _ = try systemCall { unsafe lsetxattr(path, name, value, value.count, 0) }
            } catch {
                // A value that fits into no block of the file system is answered as if the disk were full (ext4(5)).
                throw error.number == ENOSPC && value.count > 1024 ? SystemError(number: E2BIG) : error
            }
        }

        private func remove(_ name: String) throws(SystemError) {
            guard let lremovexattr = unsafe Libc.lremovexattr else { return }
            do throws(SystemError) {
                _ = try systemCall { unsafe lremovexattr(path, name) }
            } catch {
                guard error.number == ENODATA || error.number == EOPNOTSUPP else { throw error }
            }
        }

        /// The names of what people and programs keep with a file: `user.*`, and its access control list.
        func namesToCarryOver() throws(SystemError) -> [String] {
            guard let llistxattr = unsafe Libc.llistxattr else { return [] }
            // XATTR_LIST_MAX of linux/limits.h: no list is longer.
            var buffer = [CChar](repeating: 0, count: 65536)
            let count: Int
            do throws(SystemError) {
                count = try systemCall { unsafe llistxattr(path, &buffer, buffer.count) }
            } catch {
                guard error.number == EOPNOTSUPP else { throw error }
                return []
            }
            return buffer.prefix(count).split(separator: 0)
                .map { String(decoding: $0.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
                .filter { $0.hasPrefix("user.") || $0 == "system.posix_acl_access" }
        }
    }
}
