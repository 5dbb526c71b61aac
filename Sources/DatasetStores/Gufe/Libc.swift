internal import Glibc

extension Gufe {
    /// Functions of the C library that the Glibc module does not import, looked up by name; nil where it has none.
    enum Libc {
        /// renameat2(2)
        static let renameat2:
            (@convention(c) @Sendable (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32)? =
                unsafe function("renameat2")

        /// `RENAME_NOREPLACE` of linux/fs.h.
        static let noReplace: UInt32 = 1

        /// getxattr(2)
        static let lgetxattr:
            (
                @convention(c) @Sendable (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int) ->
                    Int
            )? =
                unsafe function("lgetxattr")

        /// setxattr(2)
        static let lsetxattr:
            (
                @convention(c) @Sendable (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeRawPointer?, Int, Int32) ->
                    Int32
            )? =
                unsafe function("lsetxattr")

        /// removexattr(2)
        static let lremovexattr: (@convention(c) @Sendable (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32)? =
            unsafe function("lremovexattr")

        /// listxattr(2)
        static let llistxattr:
            (@convention(c) @Sendable (UnsafePointer<CChar>, UnsafeMutablePointer<CChar>?, Int) -> Int)? =
                unsafe function("llistxattr")

        /// - Parameter name: Of a function whose C type is `Function`.
        @unsafe private static func function<Function>(_ name: String) -> Function? {
            // The default scope of dlsym(3), `RTLD_DEFAULT`, is a null pointer.
            guard let address = unsafe dlsym(nil, name) else { return nil }
            return unsafe unsafeBitCast(address, to: Function.self)
        }
    }
}
