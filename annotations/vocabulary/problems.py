"""What can be wrong with a case, in the words of the reading room."""

from __future__ import annotations

from typing import Final

PROBLEM_KINDS: Final = {
    "wrong_images": "Wrong images",
    "missing_series": "Missing series",
    "bad_quality": "Bad quality",
    "duplicate": "Case seen before",
    "other": "Something else",
}
"""Kind -> words."""
PROBLEM_KIND_CODES: Final = tuple(PROBLEM_KINDS)
