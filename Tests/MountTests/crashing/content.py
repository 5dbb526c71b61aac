"""File contents as short recipes, which both writer and checker can follow.

A recipe is a tuple of steps: `("a", piece)` appends, `("p", piece, place)` overwrites, `("t", size)` truncates, where a piece is
`(seed, size, is_text)`.
"""

from __future__ import annotations

import functools
import hashlib

Step = tuple
Recipe = tuple[Step, ...]


def bytes_of(piece: tuple[int, int, bool]) -> bytes:
    """Bytes that only this seed gives; letters and digits where text is wanted."""
    seed, size, is_text = piece
    if is_text:
        return hashlib.shake_128(b"%d" % seed).hexdigest((size + 1) // 2)[:size].encode()
    return hashlib.shake_128(b"%d" % seed).digest(size)


def content(recipe: Recipe) -> bytes:
    made = bytearray()
    for step in recipe:
        if step[0] == "a":
            made += bytes_of(step[1])
        elif step[0] == "p":
            data = bytes_of(step[1])
            made[step[2] : step[2] + len(data)] = data
        else:
            del made[step[1] :]
    return bytes(made)


@functools.lru_cache(maxsize=20_000)
def digest(recipe: Recipe) -> str:
    """Of what the recipe gives."""
    return told(content(recipe))


def told(data: bytes) -> str:
    return f"{len(data)} bytes, {hashlib.sha256(data).hexdigest()[:16]}"


def size(recipe: Recipe) -> int:
    total = 0
    for step in recipe:
        if step[0] == "a":
            total += step[1][1]
        elif step[0] == "p":
            total = max(total, step[2] + step[1][1])
        else:
            total = min(total, step[1])
    return total


def is_text(path: str) -> bool:
    return path.endswith((".txt", ".csv", ".md"))
