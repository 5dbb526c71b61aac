#pragma once
// libdeflate imports as it is; the header only needs a place in a module.
#include <libdeflate.h>
