/// The only door upward: what the kernel is told to forget.
///
/// Called from the file system's own thread, never from inside a request and never under a lock: the kernel may need
/// an answer from us before it lets the call return. ``forgetAttributes(of:)`` is the exception, see there.
package protocol KernelCache: Sendable {
    /// Attributes and cached pages of a file.
    func invalidate(_ inode: Inode)

    /// One name of a directory, also a negative one.
    func invalidate(name: String, in parent: Inode)

    /// Attributes only (`notify_inval_inode` with a negative offset).
    ///
    /// Touches no page and so waits for no request: may be called while one of this inode is being answered.
    func forgetAttributes(of inode: Inode)
}
