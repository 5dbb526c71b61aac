internal import CFUSE

/// A `struct fuse_session *`.
///
/// Sendable although unchecked: libfuse lets any thread notify, exit and reply, and ``Session`` alone creates and
/// destroys it, after every user has been waited for.
@safe struct SessionPointer: @unchecked Sendable {
    let raw: OpaquePointer
    /// What libfuse hands to every callback; lives as long as the session.
    let userdata: UnsafeMutablePointer<cfuse_userdata>
}
