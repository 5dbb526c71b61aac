// Linux calls that the Glibc module leaves out because they need _GNU_SOURCE.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>

// Begins to write a file's dirty pages to the disk without waiting for them (sync_file_range(2)).
static inline int datasetfs_begin_writing(int descriptor) {
    return sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
}
