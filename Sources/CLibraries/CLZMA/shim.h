#pragma once
// liblzma imports as it is; LZMA_STREAM_INIT, a macro, is a structure of zeros.
#include <lzma.h>
