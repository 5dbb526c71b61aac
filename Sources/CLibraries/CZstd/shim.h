#pragma once
// zstd imports as it is; the headers only need a place in a module.
#include <zstd.h>
#include <zstd_errors.h>
