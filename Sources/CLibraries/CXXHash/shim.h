#pragma once
// XXH3_64bits and its streaming form import as they are; the header only needs a place in a module.
#include <xxhash.h>
