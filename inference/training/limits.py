"""Words on use and limits that the cards of all lumbar models share."""

from __future__ import annotations

from typing import Final

INTENDED_USE: Final = "Demonstration of reader studies with AI; not for clinical use."
LEVELS_ARE_COUNTED: Final = (
    "Five lumbar vertebrae and an ordinary lumbosacral junction are assumed: with a transitional "
    "vertebra the count may be off by one.",
    "Without enough sacrum in view no level is named and nothing is graded.",
)
SYNTHETIC_ONLY: Final = "Where the data are synthetic, no figure says anything about patients."
