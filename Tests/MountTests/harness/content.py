"""The bytes of the server's patterned objects, computed anew."""

from __future__ import annotations

import numpy


def pattern(text: str, offset: int, count: int) -> bytes:
    """`count` bytes at `offset` of an object of that pattern: `counter` or `random:SEED` (SplitMix64), 64-bit words."""
    first, last = offset // 8, (offset + count + 7) // 8
    words = numpy.arange(first, last, dtype=numpy.uint64)
    if text != "counter":
        seed = int(text.partition(":")[2] or 0)
        mixed = (words + numpy.uint64(seed + 1)) * numpy.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        words = mixed ^ (mixed >> numpy.uint64(31))
    data = words.astype("<u8").tobytes()
    return data[offset - 8 * first : offset - 8 * first + count]
