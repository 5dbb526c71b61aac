#pragma once
// Everything imports as it is, inflateInit2_ and deflateInit2_ in place of the macros; the header only needs a module.
#include <zlib.h>
