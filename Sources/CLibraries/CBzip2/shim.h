#pragma once
// bzip2 imports as it is; its header names FILE and so needs stdio first.
#include <stdio.h>
#include <bzlib.h>
