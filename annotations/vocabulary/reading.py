"""Words of a reading: why a cell can't be graded, which marks may be drawn, its phase."""

from __future__ import annotations

from typing import Final

NOT_GRADABLE_REASONS: Final = {
    "artefact": "artefact",
    "outside_field": "outside the field of view",
    "surgery": "changed by surgery or implant",
    "quality": "image quality too poor",
    "other": "other, see comment",
}
CONFIDENCE: Final = (1, 2, 3, 4, 5)
"""From 1, guessing, to 5, certain."""

TOOLS: Final = {
    "length": "Length",
    "angle": "Angle",
    "cobb": "Cobb angle",
    "ellipse": "Ellipse with statistics",
    "rectangle": "Rectangle with statistics",
    "landmark": "Point",
    "box": "3D box",
}
"""Kinds of measurement that a reader study may allow."""

PREDICTION_SET_COVERAGE: Final = 0.9
"""Probability that the grades of a prediction set reach together."""
