#pragma once
#define FUSE_USE_VERSION 314
#include <errno.h>
#include <fuse_lowlevel.h>
#include <linux/fuse.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

// Only what Swift cannot import, or must not do itself; each with its reason. Thread-local reply buffers are not among
// them: a `_Thread_local` pointer is leaked by every worker that libfuse ends, a pthread key with a destructor is not.

// An enum constant of an anonymous glibc enum: the importer knows it as neither constant nor option.
enum { CFUSE_UNMOUNT_LAZY = MNT_DETACH, CFUSE_UNMOUNT_NOFOLLOW = UMOUNT_NOFOLLOW };

// How far the first exchange, INIT, has come.
enum { CFUSE_WAITING = 0, CFUSE_NEGOTIATING = 1, CFUSE_STARTED = 2 };

/// What libfuse hands to every callback: the owner, and the changes to the INIT reply that libfuse 3.14 cannot express.
struct cfuse_userdata {
    /// Unretained; outlives the session.
    void *owner;
    /// Called once, on a worker, when the kernel has taken the INIT reply. May be null.
    void (*started)(void *owner);
    /// FUSE_INIT flags (`flags | flags2 << 32`) to set where the kernel offers them, and to clear.
    uint64_t set;
    uint64_t clear;
    /// What the kernel offered and what was answered.
    uint64_t offered;
    uint64_t agreed;
    uint64_t unique;
    int phase;
};

_Static_assert(sizeof(struct fuse_in_header) == 40, "kernel protocol: request header");
_Static_assert(sizeof(struct fuse_out_header) == 16, "kernel protocol: reply header");
_Static_assert(offsetof(struct fuse_init_in, flags2) == 16, "kernel protocol: INIT request");
_Static_assert(sizeof(struct fuse_init_out) == 64 && offsetof(struct fuse_init_out, flags2) == 32,
               "kernel protocol: INIT reply");

/// Looks at a request as it was read; remembers an INIT.
static inline void cfuse_note_request(struct cfuse_userdata *data, const void *bytes, size_t size) {
    struct fuse_in_header header;
    struct fuse_init_in init;
    const size_t least = sizeof header + offsetof(struct fuse_init_in, flags2) + sizeof init.flags2;
    if (size < least) return;
    memcpy(&header, bytes, sizeof header);
    if (header.opcode != FUSE_INIT) return;
    memset(&init, 0, sizeof init);
    memcpy(&init, (const char *)bytes + sizeof header, least - sizeof header);
    data->unique = header.unique;
    data->offered = init.flags;
    if (init.flags & FUSE_INIT_EXT) data->offered |= (uint64_t)init.flags2 << 32;
    __atomic_store_n(&data->phase, CFUSE_NEGOTIATING, __ATOMIC_RELEASE);
}

/// Edits the reply to the remembered INIT in place.
///
/// Returns whether this was that reply and a success.
static inline int cfuse_patch_reply(struct cfuse_userdata *data, const struct iovec *parts, int count) {
    struct fuse_out_header header;
    struct fuse_init_out init;
    if (count != 2 || parts[0].iov_len < sizeof header || parts[1].iov_len < sizeof init) return 0;
    memcpy(&header, parts[0].iov_base, sizeof header);
    if (header.unique != data->unique || header.error != 0) return 0;
    memcpy(&init, parts[1].iov_base, sizeof init);
    uint64_t flags = init.flags | (uint64_t)init.flags2 << 32;
    flags = (flags & ~data->clear) | (data->set & data->offered);
    if (data->offered & FUSE_INIT_EXT) flags |= FUSE_INIT_EXT;
    init.flags = (uint32_t)flags;
    init.flags2 = (uint32_t)(flags >> 32);
    memcpy(parts[1].iov_base, &init, sizeof init);
    data->agreed = flags;
    return 1;
}

// In C because libfuse ends its workers by pthread_cancel, which unwinds this very frame: no Swift object may live in it.
static inline ssize_t cfuse_read(int fd, void *buffer, size_t size, void *userdata) {
    struct cfuse_userdata *data = userdata;
    ssize_t count = read(fd, buffer, size);
    if (count > 0 && __atomic_load_n(&data->phase, __ATOMIC_ACQUIRE) == CFUSE_WAITING)
        cfuse_note_request(data, buffer, (size_t)count);
    return count;
}

static inline ssize_t cfuse_writev(int fd, struct iovec *parts, int count, void *userdata) {
    struct cfuse_userdata *data = userdata;
    int starts = __atomic_load_n(&data->phase, __ATOMIC_ACQUIRE) == CFUSE_NEGOTIATING
        && cfuse_patch_reply(data, parts, count);
    ssize_t written = writev(fd, parts, count);
    if (starts && written >= 0) {
        __atomic_store_n(&data->phase, CFUSE_STARTED, __ATOMIC_RELEASE);
        if (data->started) data->started(data->owner);
    }
    return written;
}

/// Puts the two functions above between libfuse and the device `fd`; after the mount, before the loop.
///
/// No splice functions: libfuse then plans no splicing, which is never faster than a plain reply here.
static inline int cfuse_intercept(struct fuse_session *session, int fd) {
    const struct fuse_custom_io io = { .writev = cfuse_writev, .read = cfuse_read };
    return fuse_session_custom_io(session, &io, fd);
}
