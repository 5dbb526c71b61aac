internal import DatasetModel
internal import Glibc

extension Gufe {
    /// A system call's errno, read in the frame of the call.
    struct SystemError: Error, Equatable {
        let number: Int32
    }

    /// Calls again after EINTR.
    ///
    /// - Returns: What the call answered, never -1.
    static func systemCall<Answer: SignedInteger>(_ call: () -> Answer) throws(SystemError) -> Answer {
        while true {
            let answer = call()
            if answer != -1 { return answer }
            let number = errno
            guard number == EINTR else { throw SystemError(number: number) }
        }
    }
}

extension StoreError {
    /// What a directory's errno means for a store, in one table (errno(3)); a number not in it is `.localFailure`.
    init(_ error: Gufe.SystemError, _ what: String) {
        let (code, remedy): (Code, String?) =
            switch error.number {
            // ENOTDIR and ELOOP: a part on the way is a file or a link, and links are never followed.
            case ENOENT, ENOTDIR, ELOOP: (.notFound, nil)
            case EACCES, EPERM: (.forbidden, "Give the user who mounts the permission for it.")
            case ESTALE: (.versionGone, nil)
            case EEXIST, ENOTEMPTY, EBUSY, ETXTBSY: (.conflict, nil)
            case EINVAL, EISDIR, ENAMETOOLONG, EILSEQ, EXDEV, EMLINK: (.invalid, nil)
            case ENOSPC, EDQUOT: (.quotaExceeded, "Make room in the directory's file system.")
            case EFBIG, EOVERFLOW, E2BIG: (.tooLarge, nil)
            // Someone holds a lease on the file and was asked to give it back (open(2), O_NONBLOCK).
            case EAGAIN: (.throttled, "Try again in a moment.")
            case EREMOTEIO, EPROTO: (.serverFailure, "Look at the log of the server behind the directory.")
            // The file system itself is served by something that is away: NFS, SSHFS, a dead FUSE process.
            case ENOTCONN, EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH, ECONNREFUSED, ESHUTDOWN, ENOLINK:
                (.unreachable, "Mount the directory's file system again.")
            case ECONNRESET, ECONNABORTED, EPIPE: (.reset, nil)
            case ETIMEDOUT, ETIME: (.timedOut, nil)
            case EBADMSG, EUCLEAN: (.corrupt, "Check the directory's file system.")
            case EROFS: (.readOnly, nil)
            case ENOSYS, EOPNOTSUPP, ENOTTY: (.unsupported, nil)
            case EMFILE, ENFILE: (.localFailure, "Raise the limit of open files (ulimit -n).")
            case ENOMEM, ENOBUFS: (.localFailure, "Free memory on this machine.")
            case EIO, ENXIO, ENODEV, ENOMEDIUM: (.localFailure, "Check the disk and the kernel's log (dmesg).")
            default: (.localFailure, nil)
            }
        let reason = unsafe strerror(error.number).map { unsafe String(cString: $0) } ?? "error \(error.number)"
        self.init(code, "\(what): \(reason)", remedy: remedy)
    }
}
