"""What is known not to hold yet, by test and in words. Such tests run all the same; a line goes when its fault does."""

from __future__ import annotations

import re

KNOWN = {
    r"test_crashes\.py::test_kills": "on the platform an entry that brought a newer content may outlive its file",
    r"test_editors\.py::test_vim_saves_twice": "on the platform the time of a saved file changes once, with the next listing",
}


def reason(name: str) -> str | None:
    """Why a test may fail."""
    return next((words for pattern, words in KNOWN.items() if re.search(pattern, name)), None)
